"""A pathway changed piece by piece: each change is another value, and what was is left alone."""

from dataclasses import replace

from domain.errors import Refused
from domain.pathways.values import Kind, Pathway, Stage, Step

_ORDER = list(Kind)


def stage_of(pathway: Pathway, key: str) -> Stage:
    """Raises Refused."""
    for stage in pathway.stages:
        if stage.key == key:
            return stage
    raise Refused("This is not there any more.")


def step_of(pathway: Pathway, key: str) -> tuple[Stage, Step]:
    """Raises Refused."""
    for stage, step in pathway.steps:
        if step.key == key:
            return stage, step
    raise Refused("This is not there any more.")


def with_stage(pathway: Pathway, stage: Stage) -> Pathway:
    """In the place of the one of its key, or at the end."""
    if all(each.key != stage.key for each in pathway.stages):
        return replace(pathway, stages=(*pathway.stages, stage))
    stages = (stage if each.key == stage.key else each for each in pathway.stages)
    return replace(pathway, stages=tuple(stages))


def without_stage(pathway: Pathway, key: str) -> Pathway:
    """Raises Refused."""
    gone = stage_of(pathway, key)
    return replace(pathway, stages=tuple(each for each in pathway.stages if each is not gone))


def earlier(pathway: Pathway, key: str) -> Pathway:
    """That stage before the one that stood before it. Raises Refused."""
    stages = list(pathway.stages)
    place = stages.index(stage_of(pathway, key))
    if place:
        stages.insert(place - 1, stages.pop(place))
    return replace(pathway, stages=tuple(stages))


def with_step(pathway: Pathway, stage: Stage, step: Step) -> Pathway:
    """In the place of the one of its key, or after those of its kind; as a file would order it."""
    if any(each.key == step.key for each in stage.steps):
        steps = [step if each.key == step.key else each for each in stage.steps]
    else:
        steps = sorted([*stage.steps, step], key=lambda each: _ORDER.index(each.kind))
    return with_stage(pathway, replace(stage, steps=tuple(steps)))


def without_step(pathway: Pathway, key: str) -> Pathway:
    """Raises Refused."""
    stage, gone = step_of(pathway, key)
    left = tuple(each for each in stage.steps if each is not gone)
    return with_stage(pathway, replace(stage, steps=left))


def fresh_key(pathway: Pathway, name: str) -> str:
    """One that no version had before: whoever was asked what bore an old key would be taken for
    somebody who was asked this.
    """
    taken = {stage.key for stage in pathway.stages}
    taken |= {step.key.partition(".")[2] for _, step in pathway.steps}
    number = 1
    while (key := f"{name}-{pathway.version + 1}-{number}") in taken:
        number += 1
    return key

"""The phones over HTTP, for the page and for tests. JSON in and out."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator.bot_api.failures import MODES, Failure
from simulator.bot_api.parameters import Parameters, read_parameters
from simulator.errors import ApiError, bad_request
from simulator.phones.contents import phone_content
from simulator.phones.views import phone_chat_view, phone_message_view, state_view, user_view
from simulator.simulator import Simulator
from simulator.wire import Json


class PhoneApi:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._phones = simulator.phones

    def routes(self) -> list[Route]:
        actions: dict[str, Callable[[Parameters], Json]] = {
            "users": self._add_user,
            "groups": self._add_group,
            "send": self._send,
            "start": self._start,
            "edit": self._edit,
            "press": self._press,
            "delete": self._delete,
            "block": self._block,
            "unblock": self._unblock,
            "deactivate": self._deactivate,
            "kick": self._kick,
            "migrate": self._migrate,
            "failures": self._set_failure,
            "limits": self._set_limits,
            "raw": self._inject,
        }
        return [
            Route("/phone/state", self._state),
            Route("/phone/events", self._events),
            Route("/phone/calls", self._calls),
            Route("/phone/files/{file_id}", self._file),
            Route("/phone/clock", self._read_clock),
            Route("/phone/clock", self._move_clock, methods=["POST"]),
            Route("/phone/failures", self._read_failure),
            *(
                Route(f"/phone/{name}", _endpoint(action), methods=["POST"])
                for name, action in actions.items()
            ),
        ]

    # Looking

    async def _state(self, request: Request) -> Response:
        return JSONResponse(state_view(self._simulator))

    async def _events(self, request: Request) -> Response:
        return StreamingResponse(
            self._stream(), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def _stream(self) -> AsyncIterator[str]:
        simulator = self._simulator
        version, told = simulator.changes.version, len(simulator.answers)
        yield _event("change", {"version": version})
        while not simulator.stopping.is_set():
            version = await simulator.changes.beyond(version)
            for answer in simulator.answers[told:]:
                yield _event("answer", answer)
            told = len(simulator.answers)
            yield _event("change", {"version": version})

    async def _calls(self, request: Request) -> Response:
        since = Parameters(dict(request.query_params)).integer("since")
        return JSONResponse([call.view() for call in self._simulator.log.since(since)])

    async def _file(self, request: Request) -> Response:
        file = self._simulator.world.files.get(request.path_params["file_id"])
        if file is None:
            raise ApiError(404, "Not Found")
        return Response(
            file.content,
            media_type=file.mime_type or "application/octet-stream",
            # Whoever sent it must not run on the page's own ground.
            headers={"content-security-policy": "sandbox"},
        )

    async def _read_clock(self, request: Request) -> Response:
        return JSONResponse({"now": self._simulator.clock.now().isoformat()})

    async def _read_failure(self, request: Request) -> Response:
        return JSONResponse(self._simulator.failures.current.view())

    # Doing

    def _add_user(self, given: Parameters) -> Json:
        user = self._phones.add_user(
            given.text("first_name") or "Somebody",
            language_code=given.text("language_code") or "en",
            last_name=given.text("last_name") or None,
            username=given.text("username") or None,
        )
        return user_view(user)

    def _add_group(self, given: Parameters) -> Json:
        chat = self._phones.add_group(
            given.text("title") or "Group",
            given.integers("members"),
            is_forum=given.flag("is_forum"),
            bot_is_admin=_default_true(given, "bot_is_admin"),
            can_manage_topics=_default_true(given, "can_manage_topics"),
        )
        return phone_chat_view(chat)

    def _send(self, given: Parameters) -> Json:
        user = self._phones.user(given.integer("user_id"))
        place = {
            "chat_id": given.integer("chat_id") or None,
            "reply_to": given.integer("reply_to") or None,
            "thread_id": given.integer("thread_id") or None,
        }
        if "text" in given:
            message = self._phones.send_text(user.id, given.text("text"), **place)
        else:
            content = phone_content(self._simulator.world, user, given)
            message = self._phones.send(user.id, content, **place)
        return phone_message_view(message)

    def _start(self, given: Parameters) -> Json:
        message = self._phones.start(given.integer("user_id"), given.text("payload"))
        return phone_message_view(message)

    def _edit(self, given: Parameters) -> Json:
        return phone_message_view(self._phones.edit(*_message(given), given.text("text")))

    def _press(self, given: Parameters) -> Json:
        callback = self._phones.press(*_message(given), given.text("data"))
        return {"callback_query_id": callback.id}

    def _delete(self, given: Parameters) -> Json:
        self._phones.delete(*_message(given))
        return {}

    def _block(self, given: Parameters) -> Json:
        self._phones.block(given.integer("user_id"))
        return {}

    def _unblock(self, given: Parameters) -> Json:
        self._phones.unblock(given.integer("user_id"))
        return {}

    def _deactivate(self, given: Parameters) -> Json:
        self._phones.deactivate(given.integer("user_id"))
        return {}

    def _kick(self, given: Parameters) -> Json:
        self._phones.kick_bot(given.integer("user_id"), given.integer("chat_id"))
        return {}

    def _migrate(self, given: Parameters) -> Json:
        return phone_chat_view(self._phones.migrate(given.integer("chat_id")))

    def _set_failure(self, given: Parameters) -> Json:
        mode = given.text("mode") or "none"
        if mode not in MODES:
            raise bad_request(f"mode must be one of {', '.join(MODES)}")
        with self._simulator.changing():
            failure = self._simulator.failures.current = Failure(
                mode=mode,
                methods=given.words("methods") or [],
                chat_id=given.integer("chat_id") or None,
                count=given.integer("count") if "count" in given else None,
                retry_after=given.integer("retry_after", 1),
                probability=given.number("probability") if "probability" in given else 1.0,
                seconds=given.number("seconds") if "seconds" in given else None,
            )
        return failure.view()

    def _set_limits(self, given: Parameters) -> Json:
        rates = {
            name: given.number(name) if given.text(name) else None
            for name in ("per_chat", "overall")
        }
        with self._simulator.changing():
            self._simulator.limits.change(**rates)
        return dict(rates)

    def _inject(self, given: Parameters) -> Json:
        update = given.object("update")
        if update is None:
            raise bad_request("update is empty")
        self._simulator.updates.inject(update)
        return {}

    async def _move_clock(self, request: Request) -> Response:
        given = await _parameters(request)
        with self._simulator.changing():
            await self._simulator.clock.advance(timedelta(seconds=given.number("seconds")))
        return await self._read_clock(request)


def _endpoint(action: Callable[[Parameters], Json]) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        return JSONResponse(action(await _parameters(request)))

    return respond


async def _parameters(request: Request) -> Parameters:
    return await read_parameters("application/json", await request.body())


def _message(given: Parameters) -> tuple[int, int, int]:
    user_id = given.integer("user_id")
    return user_id, given.integer("chat_id", user_id), given.integer("message_id")


def _default_true(given: Parameters, name: str) -> bool:
    return given.flag(name) if name in given else True


def _event(name: str, data: Json) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"

from domain.duty.now import go_off_duty, go_on_duty, is_staffed, on_duty

__all__ = ["go_off_duty", "go_on_duty", "is_staffed", "on_duty"]

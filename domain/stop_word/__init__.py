"""The word by which somebody freezes their chat: chosen, known again, used, undone."""

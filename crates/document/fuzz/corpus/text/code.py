py
import x

class A:
    """Doc."""
    def b(self):
        return 1

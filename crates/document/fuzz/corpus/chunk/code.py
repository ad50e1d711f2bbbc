py
class A:
    def b(self):
        return [1, 2]

def c(): pass

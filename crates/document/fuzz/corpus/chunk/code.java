java
class A { void b() { c(); } }

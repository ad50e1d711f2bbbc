c
#include <x.h>
int main(void) { return 1; }

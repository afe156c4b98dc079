// A program that does nothing: its precompiled header is what the tests share.
int main() { return 0; }

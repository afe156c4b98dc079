"""Files and functions that can be read in one sitting."""

from __future__ import annotations

from tidy.tree import Function, below, code, cpp_files, files, functions, strip, text

LINES_MAX = {".h": 600, ".cc": 600, ".py": 400}
COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
README_LINES_MAX = 30

# path -> why it may be longer
LONG_FILES: dict[str, str] = {}
# "path name" -> why the function may be longer
LONG_FUNCTIONS: dict[str, str] = {}


def test_files_are_short() -> None:
    """A file that is longer has usually become two."""
    wrong = [
        f"{path}: {text(path).count(chr(10))} lines"
        for path in files()
        if path.suffix in LINES_MAX
        and text(path).count("\n") > LINES_MAX[path.suffix]
        and path.as_posix() not in LONG_FILES
    ]
    assert not wrong, "\n".join(wrong)


def test_lines_are_short() -> None:
    """The formatter cannot break every line."""
    wrong = [
        f"{path}:{number}: {len(line)} columns"
        for path in cpp_files()
        for number, line in enumerate(text(path).splitlines(), 1)
        if len(line) > COLUMNS_MAX and not line.startswith("#include") and "://" not in line
    ]
    assert not wrong, "\n".join(wrong)


def test_functions_fit_on_a_screen() -> None:
    """Members and free functions; a lambda counts as a part of its function."""
    wrong = [
        f"{path}:{function.line}: {function.name} has {function.length} lines"
        for path in cpp_files()
        if path.is_relative_to("cpp")
        for function in functions(code(path))
        if function.length > FUNCTION_LINES_MAX and f"{path} {function.name}" not in LONG_FUNCTIONS
    ]
    assert not wrong, "\n".join(wrong)


def test_exceptions_are_still_needed() -> None:
    """An exception without its cause is deleted."""
    names = {path.as_posix() for path in files()}
    gone = [name for name in LONG_FILES if name not in names]
    gone += [name for name in LONG_FUNCTIONS if name.split()[0] not in names]
    assert not gone, gone


def test_readmes_of_modules_are_short() -> None:
    """Purpose, main types, invariants, what it is not for."""
    wrong = [
        f"{path}: {text(path).count(chr(10))} lines"
        for path in below("cpp", ".md")
        if text(path).count("\n") > README_LINES_MAX
    ]
    assert not wrong, "\n".join(wrong)


def test_the_reader_of_functions_finds_them() -> None:
    """The check above is worth something only if this holds."""
    source = """\
#define MACRO(x) \\
  { x }
namespace penstock {
class Log {
 public:
  explicit Log(int size) : size_{size}, other_(size) {
    Run();
  }
  int size() const { return size_; }
 private:
  int size_ = 0;  // {
};

Task<Status> Log::Append(Options options,
                         int count) {
  auto lambda = [](int x) { return x; };
  if (count > 0) {
    co_return "}";
  }
}
constexpr int kTable[] = {1, 2};
}  // namespace penstock
"""
    assert list(functions(strip(source))) == [
        Function("Log", 6, 3),
        Function("size", 9, 1),
        Function("Log::Append", 14, 7),
    ]

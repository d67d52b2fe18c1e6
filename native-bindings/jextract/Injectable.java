import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rewrites what jextract printed so that the library behind it is chosen at run time: a function is called through a static method handle that takes the
 * function's address as first argument, and pointers are passed as longs. Run by regenerate.sh: {@code java Injectable.java FOLDER}.
 */
final class Injectable {

    private static final Pattern LOOKUP = Pattern.compile("    static final Arena LIBRARY_ARENA = .*?\\.or\\(Linker\\.nativeLinker\\(\\)\\.defaultLookup\\(\\)\\);\n\n",
            Pattern.DOTALL);
    private static final Pattern ADDRESS_FIELD = Pattern.compile("        public static final MemorySegment ADDR = SYMBOL_LOOKUP\\.findOrThrow\\(\"\\w+\"\\);\n\n");
    private static final Pattern ADDRESS_METHOD = Pattern.compile(
            "    /\\*\\*\n     \\* Address for:.*?return \\w+\\.ADDR;\n    }\n\n", Pattern.DOTALL);
    private static final Pattern CALL = Pattern.compile("    public static (\\w+) (\\w+)\\(([^)]*)\\) \\{\n        var mh\\$ = \\w+\\.HANDLE;.*?\n    }\n", Pattern.DOTALL);
    private static final Pattern VARIADIC = Pattern.compile(
            "    /\\*\\*\n     \\* Variadic invoker class for:.*?public static class (\\w+) \\{\n        private static final FunctionDescriptor BASE_DESC = (.*?);\n.*?\n    }\n",
            Pattern.DOTALL);
    private static final Pattern DESCRIPTOR = Pattern.compile("FunctionDescriptor DESC = FunctionDescriptor\\.\\w+\\((.*?)\\);", Pattern.DOTALL);

    private Injectable() {
    }

    public static void main(String[] arguments) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(Path.of(arguments[0]))) {
            files = found.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
        for (Path file : files) {
            String text = Files.readString(file);
            String rewritten = text.contains("SYMBOL_LOOKUP") ? rewrite(text) : text;
            Files.writeString(file, suppressed(rewritten));
        }
    }

    private static String rewrite(String text) {
        String result = LOOKUP.matcher(text).replaceAll("");
        result = VARIADIC.matcher(result).replaceAll(match -> Matcher.quoteReplacement(plain(match.group(1), match.group(2).strip())));
        result = ADDRESS_FIELD.matcher(result).replaceAll("");
        result = ADDRESS_METHOD.matcher(result).replaceAll("");
        result = result.replace("downcallHandle(ADDR, DESC)", "downcallHandle(DESC)");
        result = DESCRIPTOR.matcher(result).replaceAll(match -> Matcher.quoteReplacement(match.group().replace("C_POINTER", "C_LONG")));
        result = CALL.matcher(result).replaceAll(match -> Matcher.quoteReplacement(call(match)));
        // An opaque macro that would need memory of the library.
        return result.replaceAll("(?s)    /\\*\\*\n     \\* \\{@snippet lang=c :\n     \\* #define \\w+ \"\"\n.*?\n    }\n\n", "")
                .replaceAll("\\w+\\.LIBRARY_ARENA", "Arena.global()");
    }

    /** jextract takes C's empty parameter lists for variadic ones. */
    private static String plain(String name, String descriptor) {
        return """
                    private static class %1$s {
                        public static final FunctionDescriptor DESC = %2$s;

                        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(DESC);
                    }

                    public static FunctionDescriptor %1$s$descriptor() {
                        return %1$s.DESC;
                    }

                    public static int %1$s() {
                        var mh$ = %1$s.HANDLE;
                        try {
                            return (int)mh$.invokeExact();
                        } catch (Error | RuntimeException ex) {
                           throw ex;
                        } catch (Throwable ex$) {
                           throw new AssertionError("should not reach here", ex$);
                        }
                    }
                """.formatted(name, descriptor).replace("\n        \n", "\n").indent(0);
    }

    /** A struct that is passed by value stays a segment; ncclUniqueId is the only one. */
    private static String call(java.util.regex.MatchResult match) {
        String parameters = match.group(3).replaceAll("MemorySegment (?!commId\\b)", "long ");
        String result = match.group(1).equals("MemorySegment") ? "long" : match.group(1);
        String names = parameters.isBlank() ? "" : ", " + parameters.replaceAll("\\w+ (\\w+\\$?)", "$1");
        String cast = result.equals("void") ? "" : "return (" + result + ")";
        return "    public static " + result + " " + match.group(2) + "(MemorySegment function$" + (parameters.isBlank() ? "" : ", " + parameters) + ") {\n"
                + "        try {\n            " + cast + match.group(2) + ".HANDLE.invokeExact(function$" + names + ");\n"
                + "        } catch (Error | RuntimeException ex) {\n            throw ex;\n"
                + "        } catch (Throwable ex$) {\n            throw new AssertionError(\"should not reach here\", ex$);\n        }\n    }\n";
    }

    /** javac's lint speaks to authors, and this has none. */
    private static String suppressed(String text) {
        return text.replaceFirst("(?m)^public ((?:final )?class|interface)", "@SuppressWarnings({\"all\", \"restricted\", \"static\", \"exports\"})\npublic $1");
    }
}

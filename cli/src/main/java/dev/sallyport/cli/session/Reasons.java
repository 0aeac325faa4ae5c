package dev.sallyport.cli.session;

import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.util.function.Function;

/** Looking at what others did wants a reason: asked for in the terminal where it was not given. */
final class Reasons {
    private static final String REQUIRED = "session.reason-required";

    private Reasons() {}

    static <T> T tell(Root root, String reason, Function<String, T> call) {
        try {
            return call.apply(reason);
        } catch (Failure failure) {
            if (!failure.code().equals(REQUIRED)
                    || !reason.isEmpty()
                    || !root.shell().interactive()) {
                throw failure;
            }
            root.shell().err().print("Why do you look at it? ");
            root.shell().err().flush();
            return call.apply(root.shell().secretLine("the reason").reveal().strip());
        }
    }
}

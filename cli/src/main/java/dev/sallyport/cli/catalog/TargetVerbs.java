package dev.sallyport.cli.catalog;

import dev.sallyport.cli.verb.Root;

/** Targets: what every kind has. */
public final class TargetVerbs extends KindVerbs {
    public TargetVerbs(Root root) {
        super(root, "targets");
    }
}

package dev.sallyport.server.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Nobody has to be signed in; the path stands in {@link dev.sallyport.server.PublicPaths} too, with the reason. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Public {
    /** Whether an enrolled host names itself by its own token instead. */
    boolean hostToken() default false;

    /** Whether an incident source proves its message by a secret of its own instead. */
    boolean incidentSource() default false;
}

package dev.sallyport.server.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Only who holds this administration right gets in; asked before anything of the call is read. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Needs {
    /** One of {@link dev.sallyport.identity.Rights#ALL}. */
    String value();
}

package dev.sallyport.server.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a call is for, in one line, for the reference. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Summary {
    String value();

    /** What a body of bytes holds: the type that describes it. */
    Class<?> reads() default Void.class;

    /** What is answered where the method's own type does not say it. */
    String produces() default "application/json";

    /** Codes that this call refuses with, beside those that any call may. */
    String[] refuses() default {};
}

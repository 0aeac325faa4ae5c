package dev.sallyport.server;

import dev.sallyport.server.page.Pages;
import dev.sallyport.server.page.Refusals;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Addresses that lead nowhere, or to what takes a form alone, such as one that a browser loads again. */
@RestControllerAdvice
@Order(-3)
final class NoSuchPage {
    private final Pages pages;
    private final ApiProblems problems;

    NoSuchPage(Pages pages, ApiProblems problems) {
        this.pages = pages;
        this.problems = problems;
    }

    @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
    ResponseEntity<?> unknown(HttpServletRequest request) {
        return Refusals.inBrowser(request)
                ? page(404, "there is no page at this address", HttpRefusal.UNKNOWN_PATH)
                : problems.unknownPath();
    }

    @ExceptionHandler(HttpRequestMethodNotSupportedException.class)
    ResponseEntity<?> method(HttpServletRequest request, HttpRequestMethodNotSupportedException e) {
        return Refusals.inBrowser(request)
                ? page(405, "this address takes a form, and is no page to be looked at", HttpRefusal.METHOD)
                : problems.method(e);
    }

    private ResponseEntity<String> page(int status, String sentence, HttpRefusal why) {
        return pages.answer(
                status,
                "error",
                Map.of(
                        "title",
                        "There is nothing here",
                        "sentence",
                        sentence,
                        "hint",
                        "go to the page on which you were, or begin at the first one",
                        "code",
                        why.code()));
    }
}

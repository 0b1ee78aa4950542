/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.webhook.http.Answer;
import io.podtap.injector.webhook.http.Body;
import io.podtap.injector.webhook.http.BoundedServer;
import io.podtap.injector.webhook.http.MemoryBudget;
import io.podtap.injector.webhook.http.Request;
import io.podtap.injector.webhook.http.Turns;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Carries {@link Admission}: {@code POST /inject...}, {@code GET /live} and {@code GET /ready}.
 *
 * <p>A review is read as a tree within a share of the memory that all of them have together, large
 * ones one after another. What does not fit is allowed without a tap.
 */
final class ReviewHandler implements BoundedServer.Handler {

  /** Small reviews, which are nearly all, do not wait for large ones. */
  private static final int LARGE_BYTES = 128 << 10;

  private static final String ERROR = "error";
  private static final String MALFORMED = "malformed";

  /** How long the API server waits, as it says in each request. */
  private static final Pattern TIMEOUT =
      Pattern.compile("(?:.*&)?timeout=([0-9]{1,4})(ms|s)(?:&.*)?");

  private static final long USUAL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);
  private static final long TIMEOUT_NS_MAX = TimeUnit.SECONDS.toNanos(10);

  /** For the way back, and for what else waits for a core. */
  private static final long RESERVE_NS = TimeUnit.MILLISECONDS.toNanos(400);

  private final Admission admission;
  private final WebhookCounters counters;
  private final WebhookServer.Decisions decisions;
  private final Supplier<String> liveProblem;
  private final Supplier<String> readyProblem;
  private final boolean asksCertificates;
  private final Semaphore large = new Semaphore(1);
  private final MemoryBudget trees;

  /**
   * @param treeBytesMax what the trees of all reviews may take together
   * @param asksCertificates whether reviews are taken from clients alone that showed a certificate
   */
  ReviewHandler(
      Admission admission,
      WebhookCounters counters,
      WebhookServer.Decisions decisions,
      Supplier<String> liveProblem,
      Supplier<String> readyProblem,
      boolean asksCertificates,
      long treeBytesMax) {
    this.admission = admission;
    this.counters = counters;
    this.decisions = decisions;
    this.liveProblem = liveProblem;
    this.readyProblem = readyProblem;
    this.asksCertificates = asksCertificates;
    trees = new MemoryBudget(treeBytesMax);
  }

  @Override
  public Answer answer(Request request) {
    Optional<Map<String, @Nullable Object>> facts = NamespaceFacts.parse(request.path());
    if (facts.isPresent() && request.method().equals("POST")) {
      return asksCertificates && !request.isProven()
          ? unknownSender()
          : review(request, facts.get());
    }
    return switch (request.path()) {
      case "/ready" -> health(readyProblem.get());
      case "/live" -> health(liveProblem.get());
      default -> Answer.text(404, "POST " + NamespaceFacts.PATH + ", GET /live or GET /ready");
    };
  }

  private Answer unknownSender() {
    counters.count("unauthenticated", 0);
    return Answer.text(401, "a client certificate is needed");
  }

  private static Answer health(String problem) {
    return problem.isEmpty() ? Answer.text(200, "ok") : Answer.text(503, problem);
  }

  /**
   * What goes wrong here is an answer of 4xx or 5xx, which {@code failurePolicy: Ignore} takes for
   * a yes.
   */
  private Answer review(Request request, Map<String, @Nullable Object> facts) {
    long start = System.nanoTime();
    Counted counted =
        switch (request.body().state()) {
          case WHOLE -> decide(request, facts);
          case TOO_LARGE -> open(request.body(), Admission.TOO_LARGE, 413);
          case NO_MEMORY -> open(request.body(), Admission.OVERLOADED, 503);
        };
    counters.count(counted.decision(), System.nanoTime() - start);
    return counted.answer();
  }

  private record Counted(String decision, Answer answer) {}

  private Counted decide(Request request, Map<String, @Nullable Object> facts) {
    long deadline = request.startNs() + timeoutNs(request.query()) - RESERVE_NS;
    boolean isLarge = request.body().length() > LARGE_BYTES;
    if (isLarge && !hasTurn(deadline)) {
      return open(request.body(), Admission.OVERLOADED, 503);
    }
    try (Share share = new Share(trees)) {
      return decide(request.body(), facts, deadline, share);
    } finally {
      if (isLarge) {
        large.release();
      }
    }
  }

  private boolean hasTurn(long deadlineNs) {
    try {
      return large.tryAcquire(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Counted decide(
      Body body, Map<String, @Nullable Object> facts, long deadlineNs, Share share) {
    try {
      Object review = read(body.stream(), share);
      body.close(); // others may have its memory while the cluster is asked
      Admission.Answer answer = admission.answer(review, facts, deadlineNs);
      decisions.take(review, answer);
      return new Counted(answer.decision(), json(answer));
    } catch (JsonText.TooLargeException e) {
      return share.isOwnBound()
          ? open(body, Admission.TOO_LARGE, 413)
          : open(body, Admission.OVERLOADED, 503);
    } catch (JsonText.MalformedException | Admission.MalformedReviewException e) {
      return new Counted(MALFORMED, Answer.text(400, String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      counters.fail(e);
      return new Counted(ERROR, Answer.text(500, "internal error"));
    }
  }

  private static @Nullable Object read(InputStream review, Share share)
      throws JsonText.MalformedException, JsonText.TooLargeException {
    return JsonText.read(review, share);
  }

  /** A yes without a tap, or a refusal where it is not known which review is answered. */
  private static Counted open(Body body, String decision, int status) {
    return ReviewHead.uid(body.stream())
        .map(uid -> new Counted(decision, json(Admission.open(uid, decision))))
        .orElseGet(() ->
            new Counted(
                decision,
                Answer.text(
                    status, "a review of " + body.length() + " bytes was not read: " + decision)));
  }

  private static Answer json(Admission.Answer answer) {
    return new Answer(200, "application/json", JsonText.write(answer.review()), true);
  }

  static long timeoutNs(String query) {
    Matcher matcher = TIMEOUT.matcher(query);
    if (!matcher.matches()) {
      return USUAL_TIMEOUT_NS;
    }
    TimeUnit unit = matcher.group(2).equals("s") ? TimeUnit.SECONDS : TimeUnit.MILLISECONDS;
    return Math.min(unit.toNanos(Long.parseLong(matcher.group(1))), TIMEOUT_NS_MAX);
  }

  /** What one review has of the memory for trees; half of it at most. */
  private static final class Share implements JsonText.Allowance, AutoCloseable {

    /** Taken at once, so that the common counter is seldom touched. */
    private static final long STEP_BYTES = 64L << 10;

    private final MemoryBudget budget;
    private long taken;
    private long left;

    Share(MemoryBudget budget) {
      this.budget = budget;
    }

    @Override
    public boolean take(long bytes) {
      if (left < bytes) {
        long step = Math.max(bytes, STEP_BYTES);
        if (isOwnBound(step) || !budget.take(step)) {
          return false;
        }
        taken += step;
        left += step;
        Turns.giveWay(); // a large tree lets small reviews pass
      }
      left -= bytes;
      return true;
    }

    private boolean isOwnBound(long step) {
      return taken + step > budget.bytesMax() / 2;
    }

    // Whether its own bound has stopped it, rather than what others have taken.
    boolean isOwnBound() {
      return isOwnBound(STEP_BYTES);
    }

    @Override
    public void close() {
      budget.give(taken);
      taken = 0;
      left = 0;
    }
  }
}

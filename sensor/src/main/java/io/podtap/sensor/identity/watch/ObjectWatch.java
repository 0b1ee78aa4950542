/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.agent.Backoff;
import io.podtap.core.json.JsonReader;
import io.podtap.core.kubernetes.AccessRule;
import io.podtap.core.kubernetes.ApiClient;
import io.podtap.core.kubernetes.ApiException;
import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.kubernetes.BodyInput;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.text.PlainText;
import io.podtap.sensor.identity.Bindings;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Follows all objects of one kind in one namespace or in all: one list in pages, then one watch
 * that goes on where the last one ended, and a new list only when the server no longer knows that
 * place (410). One thread runs it; the rest is for any.
 */
final class ObjectWatch implements AutoCloseable {

  /** Objects of one page: some two MiB of pods. */
  private static final int PAGE_OBJECTS = 500;

  /** The server ends a watch after about so long. */
  private static final long WATCH_SECONDS = 360;

  /**
   * A connection whose other end is gone is noticed within so long, by the kernel's probes of an
   * idle one.
   */
  private static final long LOSS_NS = 5_000_000_000L;

  /** A watch that goes on within so long has missed nothing that matters. */
  private static final long GAP_NS = 2_000_000_000L;

  /** Otherwise it has told what was missed once it is quiet for so long, */
  private static final long QUIET_NS = 1_000_000_000L;

  /** or, where it never is quiet, after so long. */
  private static final long CATCH_UP_NS_MAX = 10_000_000_000L;

  /** A watch that ends sooner was cut off, and is not begun again at once. */
  private static final long WATCH_NS_MIN = 1_000_000_000;

  private static final int REFUSED_WATCHES_MAX = 2;

  private final ApiClient client;
  private final ServiceAccount account;
  private final BindingReader reader;
  private final String namespace;
  private final OpenBindings holdings;
  private final LongSupplier clock;
  private final Consumer<String> log;
  private final Backoff backoff;
  private final Patience patience;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Where the next watch begins; empty when a list is due. */
  private String resourceVersion = "";

  private int refusedWatches;
  private volatile boolean isFollowing;
  private volatile boolean isForbidden;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong lists = new AtomicLong();
  private final AtomicLong heardCount = new AtomicLong();
  private volatile int objects;
  private volatile String problem = "";

  /** Up to when everything is known without the present watch, nanoseconds since 1970; 0 before. */
  private volatile long currentNs;

  /** From when on the present watch has told what was missed before it. */
  private volatile long caughtUpNs;

  private long openedNs;
  private long heardNs;

  /**
   * How long the other side is waited for, in milliseconds.
   *
   * @param startMsMax before the first request, so that several sensors that start together do not
   *     ask together
   * @param listIdleMs for one read of a list
   * @param pageMs for one page of a list
   * @param watchIdleMs for one read of a watch: bookmarks come about every minute
   * @param watchMs for a watch as a whole
   */
  record Patience(long startMsMax, int listIdleMs, long pageMs, int watchIdleMs, long watchMs) {

    static Patience usual(long startMsMax) {
      return new Patience(startMsMax, 10_000, 30_000, 75_000, 2 * 1_000 * WATCH_SECONDS);
    }
  }

  /**
   * @param namespace empty for all
   * @param clock nanoseconds since 1970
   * @param log takes one line when something is wrong, and when it no longer is
   */
  ObjectWatch(
      ServiceAccount account,
      BindingReader reader,
      String namespace,
      Bindings bindings,
      LongSupplier clock,
      Consumer<String> log,
      Backoff backoff,
      Patience patience) {
    this.account = account;
    this.client = new ApiClient(account);
    this.reader = reader;
    this.namespace = namespace;
    this.holdings = new OpenBindings(bindings);
    this.clock = clock;
    this.log = log;
    this.backoff = backoff;
    this.patience = patience;
  }

  /** Runs until {@link #close}. */
  void run() {
    try {
      long startMs = patience.startMsMax();
      long waitMs = startMs > 0 && requests.get() == 0 ? backoff.around(startMs / 2) : 0;
      while (!closing.await(waitMs, TimeUnit.MILLISECONDS)) {
        waitMs = step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks for the list if it is due, follows one watch to its end, and returns milliseconds until
   * the next step. Called by one thread.
   */
  long step() {
    try {
      if (resourceVersion.isEmpty()) {
        list();
      }
      watch();
      return 0;
    } catch (ApiException e) {
      if (e.failure() == ApiFailure.EXPIRED || isStuck(e)) {
        resourceVersion = "";
        refusedWatches = 0;
      }
      failed(e);
      return backoff.nextMs(e.longestWaitMs(), e.leastWaitMs());
    } finally {
      isFollowing = false;
    }
  }

  /** A place that the server refuses again and again, as after its store was replaced. */
  private boolean isStuck(ApiException e) {
    return e.failure() == ApiFailure.REFUSED && ++refusedWatches >= REFUSED_WATCHES_MAX;
  }

  private void failed(ApiException e) {
    if (closing.getCount() == 0) {
      return;
    }
    failures.incrementAndGet();
    isForbidden |= e.failure() == ApiFailure.FORBIDDEN;
    if (e.failure() != ApiFailure.EXPIRED && !e.line().equals(problem)) {
      problem = e.line();
      log.accept("identity: " + problem);
    }
  }

  private String path() {
    String group = reader.group();
    return (group.isEmpty() ? "/api/v1" : "/apis/" + group + "/v1")
        + (namespace.isEmpty() ? "" : "/namespaces/" + namespace)
        + '/'
        + reader.plural()
        + '?';
  }

  private AccessRule rule(String verb) {
    return new AccessRule(verb, reader.group(), reader.plural(), namespace);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void list() throws ApiException {
    lists.incrementAndGet();
    holdings.beginList();
    String next = "";
    String version;
    long beganNs = clock.getAsLong();
    do {
      requests.incrementAndGet();
      String page = "limit=" + PAGE_OBJECTS + (next.isEmpty() ? "" : "&continue=" + encoded(next));
      BodyInput body =
          client.get(path() + page, rule("list"), patience.listIdleMs(), patience.pageMs());
      try {
        JsonReader json = new JsonReader(body, BindingReader.TEXT_BYTES_MAX);
        next = "";
        version = "";
        if (json.enterObject()) {
          while (json.more()) {
            switch (json.name()) {
              case "metadata" -> {
                ListHead head = head(json);
                version = head.version();
                next = head.next();
              }
              case "items" -> items(json);
              default -> json.skip();
            }
          }
        }
        if (version.isEmpty() || json.follows()) {
          throw new JsonReader.MalformedException("a list without a resourceVersion");
        }
      } catch (IOException e) {
        throw client.failure(e);
      }
    } while (!next.isEmpty());
    holdings.endList(clock.getAsLong());
    resourceVersion = version;
    objects = holdings.size();
    isForbidden = false;
    currentNs = beganNs;
  }

  /** What stands over a page. */
  private record ListHead(String version, String next) {}

  private static ListHead head(JsonReader json) throws IOException {
    String version = "";
    String next = "";
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "resourceVersion" -> version = json.text();
          case "continue" -> next = json.text();
          default -> json.skip();
        }
      }
    }
    return new ListHead(version, next);
  }

  private void items(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        holdings.put(reader.read(json), clock.getAsLong());
      }
    }
  }

  private void watch() throws ApiException {
    requests.incrementAndGet();
    String query =
        "watch=1&allowWatchBookmarks=true&resourceVersion="
            + encoded(resourceVersion)
            + "&timeoutSeconds="
            + backoff.around(WATCH_SECONDS);
    long beganNs = clock.getAsLong();
    BodyInput body =
        client.get(path() + query, rule("watch"), patience.watchIdleMs(), patience.watchMs());
    following(clock.getAsLong());
    try {
      JsonReader json = new JsonReader(body, BindingReader.TEXT_BYTES_MAX);
      while (json.follows()) {
        event(json);
        backoff.reset();
        refusedWatches = 0;
      }
      ended(clock.getAsLong());
    } catch (SocketTimeoutException e) {
      ended(heardNs);
      client.drop(); // not even a bookmark: whether somebody is there, the next watch will tell
    } catch (IOException e) {
      ended(Math.max(heardNs, clock.getAsLong() - LOSS_NS));
      throw client.failure(e);
    }
    if (clock.getAsLong() - beganNs < WATCH_NS_MIN) {
      throw new ApiException(
          ApiFailure.MALFORMED, "API server " + account.authority() + " closes watches at once");
    }
    backoff.reset();
  }

  private void following(long nowNs) {
    openedNs = nowNs;
    heardNs = currentNs;
    caughtUpNs = nowNs - currentNs > GAP_NS ? nowNs + QUIET_NS : nowNs;
    isFollowing = true;
    heardCount.incrementAndGet();
    isForbidden = false;
    if (!problem.isEmpty()) {
      problem = "";
      log.accept("identity: " + reader.plural() + " are current again");
    }
  }

  /** The watch has ended, of which everything was heard up to a time. */
  private void ended(long knownNs) {
    if (clock.getAsLong() >= caughtUpNs) {
      currentNs = Math.max(currentNs, knownNs);
    }
    isFollowing = false;
  }

  /** The watch has told something. */
  private void heard(long nowNs) {
    if (nowNs < caughtUpNs) {
      caughtUpNs = Math.min(openedNs + CATCH_UP_NS_MAX, nowNs + QUIET_NS);
    }
    heardNs = nowNs;
    heardCount.incrementAndGet();
  }

  private void event(JsonReader json) throws IOException, ApiException {
    String type = "";
    ObservedObject object = ObservedObject.NOTHING;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "type" -> type = json.text();
          case "object" -> object = reader.read(json);
          default -> json.skip();
        }
      }
    }
    long nowNs = clock.getAsLong();
    switch (type) {
      case "ADDED", "MODIFIED" -> holdings.put(object, nowNs);
      case "DELETED" -> holdings.remove(object, nowNs);
      case "BOOKMARK" -> {
        currentNs = nowNs; // it comes behind all that happened before
        caughtUpNs = Math.min(caughtUpNs, nowNs);
      }
      case "ERROR" -> {
        ended(heardNs);
        throw told(object);
      }
      default -> throw new JsonReader.MalformedException("an event of unknown type");
    }
    heard(nowNs);
    objects = holdings.size();
    if (!object.resourceVersion().isEmpty()) {
      resourceVersion = object.resourceVersion();
    }
  }

  private ApiException told(ObservedObject status) {
    return new ApiException(
        status.code() == 410 ? ApiFailure.EXPIRED : ApiFailure.REFUSED,
        "API server "
            + account.authority()
            + " ends the watch: "
            + status.code()
            + ' '
            + PlainText.of(status.message()));
  }

  /**
   * Returns up to when everything is known, nanoseconds since 1970; 0 before the first list. While
   * a watch is open that is now, once it has told what was missed before: what it does not say has
   * not happened.
   */
  long currentNs(long nowNs) {
    return isFollowing && nowNs >= caughtUpNs ? nowNs : currentNs;
  }

  /** Returns what is wrong, in one line, or an empty text. */
  String problem() {
    return problem;
  }

  /** Returns whether the server has last said that this kind may not be read. */
  boolean isForbidden() {
    return isForbidden;
  }

  long requests() {
    return requests.get();
  }

  long failures() {
    return failures.get();
  }

  long lists() {
    return lists.get();
  }

  int objects() {
    return objects;
  }

  /** Returns how often a watch was opened or has told something that was understood. */
  long heardCount() {
    return heardCount.get();
  }

  long omitted() {
    return reader.omitted();
  }

  @Override
  public void close() {
    closing.countDown();
    client.close();
  }
}

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

  /** Bookmarks come about every minute: in a longer silence perhaps nobody is there any more. */
  private static final int WATCH_IDLE_MS = 75_000;

  private static final int LIST_IDLE_MS = 10_000;
  private static final long PAGE_MS = 30_000;
  private static final long WATCH_MS = 2 * 1_000 * WATCH_SECONDS;

  /** A watch that ends sooner was cut off, and is not begun again at once. */
  private static final long WATCH_NS_MIN = 1_000_000_000;

  private static final int REFUSED_WATCHES_MAX = 2;

  private final ApiClient client;
  private final ServiceAccount account;
  private final ObjectReader reader;
  private final String namespace;
  private final Holdings holdings;
  private final LongSupplier clock;
  private final Consumer<String> log;
  private final Backoff backoff;
  private final long startMsMax;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Where the next watch begins; empty when a list is due. */
  private String resourceVersion = "";

  private int refusedWatches;
  private volatile boolean isFollowing;
  private volatile boolean isForbidden;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong lists = new AtomicLong();
  private volatile int objects;
  private volatile String problem = "";

  /** When everything was last known to be current, nanoseconds since 1970; 0 before. */
  private volatile long currentNs;

  /**
   * @param namespace empty for all
   * @param clock nanoseconds since 1970
   * @param log takes one line when something is wrong, and when it no longer is
   * @param startMsMax longest wait before the first request, so that several sensors that start
   *     together do not ask together
   */
  ObjectWatch(
      ServiceAccount account,
      ObjectReader reader,
      String namespace,
      Bindings bindings,
      LongSupplier clock,
      Consumer<String> log,
      Backoff backoff,
      long startMsMax) {
    this.account = account;
    this.client = new ApiClient(account);
    this.reader = reader;
    this.namespace = namespace;
    this.holdings = new Holdings(bindings);
    this.clock = clock;
    this.log = log;
    this.backoff = backoff;
    this.startMsMax = startMsMax;
  }

  /** Runs until {@link #close}. */
  void run() {
    try {
      long waitMs = startMsMax > 0 && requests.get() == 0 ? backoff.around(startMsMax / 2) : 0;
      while (!closing.await(waitMs, TimeUnit.MILLISECONDS)) {
        waitMs = step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks, and returns milliseconds until the next step. */
  private long step() {
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
    isForbidden = e.failure() == ApiFailure.FORBIDDEN;
    if (e.failure() != ApiFailure.EXPIRED && !e.line().equals(problem)) {
      problem = e.line();
      log.accept("identity: " + problem);
    }
  }

  private String path() {
    return "/api/v1"
        + (namespace.isEmpty() ? "" : "/namespaces/" + namespace)
        + '/'
        + reader.plural()
        + '?';
  }

  private AccessRule rule(String verb) {
    return new AccessRule(verb, "", reader.plural(), namespace);
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
      BodyInput body = client.get(path() + page, rule("list"), LIST_IDLE_MS, PAGE_MS);
      try {
        JsonReader json = new JsonReader(body);
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
    long beganNs = System.nanoTime();
    BodyInput body = client.get(path() + query, rule("watch"), WATCH_IDLE_MS, WATCH_MS);
    following();
    try {
      JsonReader json = new JsonReader(body);
      while (json.follows()) {
        event(json);
        backoff.reset();
        refusedWatches = 0;
      }
    } catch (SocketTimeoutException e) {
      client.drop(); // not even a bookmark: whether somebody is there, the next watch will tell
    } catch (IOException e) {
      throw client.failure(e);
    }
    if (System.nanoTime() - beganNs < WATCH_NS_MIN) {
      throw new ApiException(
          ApiFailure.MALFORMED, "API server " + account.authority() + " closes watches at once");
    }
    backoff.reset();
  }

  private void following() {
    isFollowing = true;
    isForbidden = false;
    if (!problem.isEmpty()) {
      problem = "";
      log.accept("identity: " + reader.plural() + " are current again");
    }
  }

  private void event(JsonReader json) throws IOException, ApiException {
    String type = "";
    Seen object = Seen.NOTHING;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "type" -> type = json.text();
          case "object" -> object = reader.read(json);
          default -> json.skip();
        }
      }
    }
    switch (type) {
      case "ADDED", "MODIFIED" -> holdings.put(object, clock.getAsLong());
      case "DELETED" -> holdings.remove(object, clock.getAsLong());
      case "BOOKMARK" -> currentNs = clock.getAsLong();
      case "ERROR" -> throw told(object);
      default -> throw new JsonReader.MalformedException("an event of unknown type");
    }
    objects = holdings.size();
    if (!object.resourceVersion().isEmpty()) {
      resourceVersion = object.resourceVersion();
    }
  }

  private ApiException told(Seen status) {
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
   * a watch is open that is now: what it does not say has not happened.
   */
  long currentNs(long nowNs) {
    return isFollowing && currentNs > 0 ? nowNs : currentNs;
  }

  /** Returns what is wrong, in one line, or an empty text. */
  String problem() {
    return problem;
  }

  /**
   * Returns whether the missing right is all that is wrong: there will be no names of this kind.
   */
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

  @Override
  public void close() {
    closing.countDown();
    client.close();
  }
}

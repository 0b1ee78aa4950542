/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.agent.Backoff;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Bindings;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one kind of object is known by, whatever the API server does. The clock stands still until a
 * test moves it, and a test turns the crank.
 */
final class ObjectWatchTest {

  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long START_NS = 1_700_000_000L * SECOND_NS;
  private static final String ADDRESS = "10.9.0.5";
  private static final long WAIT_MS = 60_000;

  private static ScriptedApiServer.Certificate certificate;

  @TempDir private Path folder;
  private final AtomicLong clock = new AtomicLong(START_NS);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Bindings bindings =
      new Bindings(1 << 20, Bindings.RETENTION_NS, /* isJournaled= */ false);
  private final List<ObjectWatch> watches = new CopyOnWriteArrayList<>();
  private ScriptedApiServer server;
  private ObjectWatch pods;
  private ClusterWatch cluster;

  @BeforeAll
  static void makeCertificate() throws IOException {
    certificate = ScriptedApiServer.Certificate.make();
  }

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedApiServer(certificate, folder);
    pods = watch(new PodReader(), ObjectWatch.Patience.usual(0));
    cluster = new ClusterWatch(List.of(pods), bindings, /* isWhole= */ true);
  }

  @AfterEach
  void stop() throws IOException {
    watches.forEach(ObjectWatch::close);
    server.close();
  }

  private ObjectWatch watch(BindingReader reader, ObjectWatch.Patience patience) {
    ObjectWatch made =
        new ObjectWatch(
            server.account(), reader, "", bindings, clock::get, log::add, new Backoff(1), patience);
    watches.add(made);
    return made;
  }

  /** A pod that has the address, with its start in seconds of the test. */
  private static String pod(String name, int version, long startSeconds) {
    return pod(name, version, startSeconds, ADDRESS);
  }

  private static String pod(String name, int version, long startSeconds, String address) {
    return "{\"metadata\":{\"name\":\""
        + name
        + "\",\"namespace\":\"shop\",\"uid\":\"uid-"
        + name
        + "\",\"resourceVersion\":\""
        + version
        + "\"},\"spec\":{\"nodeName\":\"n1\"},\"status\":{\"phase\":\"Running\",\"startTime\":\""
        + Instant.ofEpochSecond(1_700_000_000L + startSeconds)
        + "\",\"podIP\":\""
        + address
        + "\"}}";
  }

  private static String list(int version, String next, String... objects) {
    return "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\""
        + version
        + "\",\"continue\":\""
        + next
        + "\"},\"items\":["
        + String.join(",", objects)
        + "]}";
  }

  private static ScriptedApiServer.Answer listed(int version, String... objects) {
    return reply -> reply.send(200, list(version, "", objects));
  }

  private static String event(String type, String object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
  }

  private static String bookmark(int version) {
    return event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"" + version + "\"}}");
  }

  private static String error(int code) {
    return event("ERROR", "{\"kind\":\"Status\",\"message\":\"told\",\"code\":" + code + "}");
  }

  /** A watch that tells something, stays for some time of the test, and ends by its time limit. */
  private ScriptedApiServer.Answer open(long seconds, String... events) {
    return reply -> {
      tell(reply, events);
      pass(seconds);
    };
  }

  /** A watch that tells something and ends, whether or not that is understood. */
  private ScriptedApiServer.Answer whole(long seconds, String text) {
    return reply -> {
      reply.begin().say(text);
      pass(seconds);
    };
  }

  /** Tells something, and waits until it was understood, or was not. */
  private void tell(ScriptedApiServer.Reply reply, String... events) throws IOException {
    long heardBefore = watches.stream().mapToLong(ObjectWatch::heardCount).sum();
    long failuresBefore = watches.stream().mapToLong(ObjectWatch::failures).sum();
    reply.begin().say(String.join("", events));
    await(() ->
        watches.stream().mapToLong(ObjectWatch::heardCount).sum() >= heardBefore + 1 + events.length
            || watches.stream().mapToLong(ObjectWatch::failures).sum() > failuresBefore);
  }

  /** A watch that breaks after some time of the test. */
  private ScriptedApiServer.Answer broken(long seconds, String... events) {
    return reply -> {
      tell(reply, events);
      pass(seconds);
      reply.cut();
    };
  }

  private void pass(long seconds) {
    clock.addAndGet(seconds * SECOND_NS);
  }

  private Owner at(long seconds) {
    return at(ADDRESS, seconds);
  }

  private Owner at(String address, long seconds) {
    Place place = Objects.requireNonNull(Addresses.parse(address));
    return bindings.at(place.high(), place.low(), START_NS + seconds * SECOND_NS);
  }

  private void look() {
    cluster.advance(clock.get());
  }

  private boolean isStale(long seconds) {
    return bindings.isStale(START_NS + seconds * SECOND_NS);
  }

  private boolean isBehind(long seconds) {
    return bindings.isBehind(START_NS + seconds * SECOND_NS);
  }

  private long count(String part) {
    return server.requests.stream().filter(request -> request.contains(part)).count();
  }

  private static void await(BooleanSupplier condition) throws IOException {
    long deadline = System.nanoTime() + WAIT_MS * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("what was waited for has not come");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Test
  void namesGrowOldFromTheLossOfTheirWatchOn() {
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", open(60, bookmark(8)));
    pods.step();
    look();
    assertThat(at(30).pod()).isEqualTo("a");
    assertThat(isStale(59)).isFalse();
    server.next("pods", broken(60, bookmark(9)));
    pods.step();
    assertThat(pods.problem()).contains("API server 127.0.0.1");
    pass(30); // it is away; its connection was lost at second 120
    look();
    assertThat(at(125).pod()).as("the last known name stays").isEqualTo("a");
    assertThat(isStale(110)).isFalse();
    assertThat(isStale(121)).isTrue();
    assertThat(isStale(150)).isTrue();
  }

  @Test
  void namesGrowOldAlthoughAnotherKindWasNeverListed() {
    ObjectWatch nodes = watch(new NodeReader(), ObjectWatch.Patience.usual(0));
    ClusterWatch both = new ClusterWatch(List.of(pods, nodes), bindings, /* isWhole= */ true);
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", broken(60));
    pods.step();
    nodes.step(); // 503
    pass(30);
    both.advance(clock.get());
    assertThat(both.counts().isCurrent()).isFalse();
    assertThat(at(80).pod()).isEqualTo("a");
    assertThat(isStale(50)).isFalse();
    assertThat(isStale(80)).isTrue();
    assertThat(isBehind(1)).as("a node's name may follow").isTrue();
    assertThat(at("8.8.8.8", 1)).as("nobody knows that it is outside").isEqualTo(Owner.UNKNOWN);
  }

  @Test
  void whatWasNeverToldMayFollow() {
    assertThat(isBehind(0)).isTrue();
    pods.step(); // 503
    pass(3_600);
    look();
    assertThat(isBehind(3_600)).isTrue();
    assertThat(isStale(3_600)).as("there is no name that could be outdated").isFalse();
  }

  @Test
  void aKindThatMayNotBeReadIsNotWaitedFor() {
    ObjectWatch nodes = watch(new NodeReader(), ObjectWatch.Patience.usual(0));
    ClusterWatch both = new ClusterWatch(List.of(pods, nodes), bindings, /* isWhole= */ true);
    server.next("nodes", reply -> reply.refuse(403, "no")).next("pods", listed(7));
    server.next("pods", open(60, bookmark(8)));
    nodes.step();
    pods.step();
    both.advance(clock.get());
    assertThat(both.problem()).contains("may not list nodes");
    assertThat(isBehind(45)).isFalse();
    assertThat(isBehind(55)).as("the API has ten seconds").isTrue();
    assertThat(isStale(60)).isFalse();
    nodes.step(); // 503: it was not told that the right is there now
    both.advance(clock.get());
    assertThat(isBehind(45)).isFalse();
  }

  @Test
  void namesGrowOldWhenTheRightIsTakenAway() {
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", open(60));
    server.next("pods", reply -> reply.refuse(403, "no"));
    pods.step();
    pods.step();
    pass(300);
    look();
    assertThat(pods.problem()).contains("may not watch pods");
    assertThat(isStale(100)).isTrue();
    assertThat(isBehind(100)).isTrue();
  }

  @Test
  void aWatchThatWasAwayIsCurrentOnceItHasToldWhatWasMissed() throws Exception {
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", broken(60, bookmark(8)));
    pods.step();
    pass(300);
    CountDownLatch end = new CountDownLatch(1);
    server.next(
        "pods",
        reply -> {
          tell(reply, event("ADDED", pod("b", 9, 200, "10.9.0.6")));
          await(end);
        });
    CompletableFuture<Long> step = CompletableFuture.supplyAsync(pods::step);
    await(() -> at("10.9.0.6", 360).isKnown());
    assertThat(pods.currentNs(clock.get())).isLessThan(clock.get());
    assertThat(cluster.counts().isCurrent()).as("it is open").isTrue();
    look();
    assertThat(isStale(200)).as("more may come of what was missed").isTrue();
    pass(2);
    look();
    assertThat(pods.currentNs(clock.get())).isEqualTo(clock.get());
    assertThat(isStale(362)).isFalse();
    end.countDown();
    step.join();
  }

  private static void await(CountDownLatch end) throws IOException {
    try {
      if (!end.await(WAIT_MS, TimeUnit.MILLISECONDS)) {
        throw new IOException("the test has not gone on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void fiveMinutesAwayAndBackNameNobodyWrongly() {
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", broken(60));
    pods.step();
    pass(300);
    server.next(
        "pods", open(60, event("DELETED", pod("a", 9, -100)), event("ADDED", pod("b", 10, 200))));
    pods.step();
    assertReuseIsNotGuessed();
    assertThat(count("watch=1")).isEqualTo(2);
    assertThat(count("limit=")).isEqualTo(1);
  }

  @Test
  void fiveMinutesAwayAndItsPastForgottenNameNobodyWrongly() {
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", broken(60));
    pods.step();
    pass(300);
    server.next("pods", reply -> reply.refuse(410, "too old"));
    pods.step();
    server.next("pods", listed(70, pod("b", 60, 200))).next("pods", open(60));
    pods.step();
    assertReuseIsNotGuessed();
    assertThat(count("limit=")).isEqualTo(2);
    assertThat(log).noneMatch(line -> line.contains("410"));
  }

  /** The address was a's until some time before second 200, when b had it. */
  private void assertReuseIsNotGuessed() {
    pass(60);
    for (long second = 0; second < 190; second++) {
      assertThat(at(second).pod()).isEqualTo("a");
    }
    for (long second = 200; second <= 360; second++) {
      assertThat(at(second)).as("second %d", second).isEqualTo(Owner.UNKNOWN);
    }
    for (long second = 364; second < 420; second++) {
      assertThat(at(second).pod()).isEqualTo("b");
    }
    look();
    assertThat(isStale(410)).isFalse();
  }

  @Test
  void anErrorOfExpiryInTheWatchLeadsToANewList() {
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", open(9, error(410)));
    pods.step();
    server.next("pods", listed(70, pod("b", 60, 2))).next("pods", open(60));
    pods.step();
    assertThat(pods.lists()).isEqualTo(2);
    assertThat(at(40).pod()).isEqualTo("b");
    assertThat(at(5)).isEqualTo(Owner.UNKNOWN);
  }

  @Test
  void anotherErrorInTheWatchIsTriedOnceMoreFromTheSamePlace() {
    server.next("pods", listed(7, pod("a", 5, -100)));
    server.next("pods", open(9, error(500))).next("pods", open(9, error(500)));
    pods.step();
    pods.step();
    assertThat(pods.problem()).contains("ends the watch: 500");
    assertThat(count("resourceVersion=7")).isEqualTo(2);
    assertThat(pods.lists()).isEqualTo(1);
    server.next("pods", listed(70, pod("a", 5, -100))).next("pods", open(60));
    pods.step();
    assertThat(pods.lists()).isEqualTo(2);
    assertThat(pods.problem()).isEmpty();
    assertThat(at(15).pod()).isEqualTo("a");
  }

  @Test
  void aWatchGoesOnWhereTheLastBookmarkWas() {
    server.next("pods", listed(7)).next("pods", open(60, bookmark(8), bookmark(31)));
    server.next("pods", open(60, event("ADDED", pod("a", 44, 70)))).next("pods", open(60));
    pods.step();
    pods.step();
    pods.step();
    assertThat(count("resourceVersion=7&")).isEqualTo(1);
    assertThat(count("resourceVersion=31&")).isEqualTo(1);
    assertThat(count("resourceVersion=44&")).isEqualTo(1);
    assertThat(pods.lists()).isEqualTo(1);
    assertThat(pods.failures()).isZero();
  }

  @Test
  void anExpiredPageBeginsTheListAgainAndEndsNobody() {
    server.next("pods", reply -> reply.send(200, list(7, "p2", pod("a", 5, -100))));
    server.next("pods", reply -> reply.refuse(410, "the continue token is too old"));
    pods.step();
    assertThat(at(0).pod()).isEqualTo("a");
    assertThat(pods.currentNs(clock.get())).isZero();
    server.next("pods", reply -> reply.send(200, list(9, "p2", pod("a", 5, -100))));
    server.next("pods", listed(9, pod("b", 6, -100, "10.9.0.6"))).next("pods", open(60));
    pods.step();
    assertThat(count("continue=p2")).isEqualTo(2);
    assertThat(at(0).pod()).isEqualTo("a");
    assertThat(at("10.9.0.6", 0).pod()).isEqualTo("b");
    assertThat(pods.objects()).isEqualTo(2);
  }

  /** Each is a second page that says less than all: nobody's binding may end by it. */
  @Test
  void aPageThatIsNotWholeEndsNobody() {
    List<ScriptedApiServer.Answer> pages =
        List.of(
            reply -> reply.begin().say("{\"items\":[" + pod("c", 8, -100, "10.9.0.7")).cut(),
            reply -> reply.send(200, "{\"items\":["),
            reply -> reply.send(200, "{\"metadata\":{},\"items\":[]}"),
            reply -> reply.send(200, list(9, "") + "{}"),
            reply -> reply.send(200, "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[}"),
            reply -> reply.send(200, ""),
            reply -> reply.send(200, "<html>a proxy's page</html>"));
    String other = pod("b", 6, -100, "10.9.0.6");
    server.next("pods", listed(7, pod("a", 5, -100), other)).next("pods", open(9, error(410)));
    pods.step();
    for (ScriptedApiServer.Answer page : pages) {
      server.next("pods", reply -> reply.send(200, list(9, "p2", pod("a", 5, -100))));
      server.next("pods", page);
      long failuresBefore = pods.failures();
      pods.step();
      assertThat(pods.failures()).isEqualTo(failuresBefore + 1);
      assertThat(pods.problem()).isNotEmpty();
    }
    pass(60);
    assertThat(at("10.9.0.6", 60).pod()).isEqualTo("b");
    assertThat(at(60).pod()).isEqualTo("a");
    server.next("pods", listed(12, pod("a", 5, -100))).next("pods", open(60));
    pods.step();
    pass(60);
    assertThat(at(120).pod()).isEqualTo("a");
    assertThat(at("10.9.0.6", 120)).isEqualTo(Owner.UNKNOWN);
  }

  @Test
  void aServerThatAsksToWaitIsWaitedFor() {
    for (int code : List.of(429, 503)) {
      for (int seconds : List.of(1, 7, 30)) {
        server.next("pods", reply -> reply.refuse(code, seconds));
        assertThat(pods.step()).as("%d", code).isBetween(seconds * 1_000L, seconds * 1_300L);
      }
    }
    server.next("pods", reply -> reply.refuse(429, 86_400));
    assertThat(pods.step()).as("within reason").isBetween(60_000L, 78_000L);
    assertThat(pods.failures()).isEqualTo(7);
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", open(60));
    pods.step();
    server.next("pods", reply -> reply.refuse(429, 5));
    assertThat(pods.step()).isBetween(5_000L, 6_500L);
    assertThat(pods.lists()).as("a refused watch is no reason for a list").isEqualTo(8);
  }

  @Test
  void aListThatStallsIsGivenUpAndEndsNobody() {
    CountDownLatch end = new CountDownLatch(1);
    ObjectWatch impatient =
        watch(new PodReader(), new ObjectWatch.Patience(0, 2_000, 30_000, 60_000, 60_000));
    server.next("pods", listed(7, pod("a", 5, -100))).next("pods", open(9, error(410)));
    impatient.step();
    server.next(
        "pods",
        reply -> {
          reply.begin().say("{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[");
          await(end);
        });
    impatient.step();
    end.countDown();
    assertThat(impatient.problem()).isNotEmpty();
    assertThat(impatient.failures()).isEqualTo(2);
    assertThat(at(10).pod()).isEqualTo("a");
  }

  @Test
  void aWatchThatSaysNothingAtAllIsBegunAgain() {
    CountDownLatch end = new CountDownLatch(1);
    ObjectWatch impatient =
        watch(new PodReader(), new ObjectWatch.Patience(0, 60_000, 60_000, 1_000, 60_000));
    server.next("pods", listed(7, pod("a", 5, -100)));
    server.next(
        "pods",
        reply -> {
          tell(reply);
          pass(75);
          await(end);
        });
    impatient.step();
    end.countDown();
    assertThat(impatient.currentNs(clock.get())).as("since when, nobody knows").isEqualTo(START_NS);
    server.next("pods", open(60, bookmark(8)));
    impatient.step();
    assertThat(impatient.lists()).isEqualTo(1);
    assertThat(impatient.currentNs(clock.get())).isEqualTo(clock.get());
  }

  @Test
  void aServerThatClosesWatchesAtOnceIsNotAskedAtOnceAgain() {
    server.next("pods", listed(7));
    for (int i = 0; i < 8; i++) {
      server.next("pods", open(0));
    }
    long waitMs = 0;
    for (int i = 0; i < 8; i++) {
      waitMs += pods.step();
    }
    assertThat(waitMs).isGreaterThan(2_000);
    assertThat(pods.problem()).contains("closes watches at once");
  }

  @Test
  void whatIsNotAnEventIsNamedAndTheWatchGoesOn() {
    List<String> wrong =
        List.of(
            event("RENAMED", pod("b", 9, 0)),
            "[]",
            "{\"type\":\"ADDED\",\"object\":",
            "{\"type\":7}",
            "\u0000");
    server.next("pods", listed(7, pod("a", 5, -100)));
    for (String text : wrong) {
      server.next("pods", whole(9, text));
      long failuresBefore = pods.failures();
      pods.step();
      assertThat(pods.failures()).as(text).isEqualTo(failuresBefore + 1);
      assertThat(at(1).pod()).isEqualTo("a");
    }
    server.next("pods", open(9, event("DELETED", pod("a", 80, -100))));
    pods.step();
    assertThat(pods.objects()).isZero();
    assertThat(pods.lists()).isEqualTo(1);
  }

  @Test
  void manyPagesAreOneList() {
    int pages = 40;
    for (int page = 1; page <= pages; page++) {
      int number = page;
      String next = page < pages ? "p" + page : "";
      server.next(
          "pods",
          reply ->
              reply.send(200, list(7, next, pod("p" + number, number, -100, "10.9.1." + number))));
    }
    server.next("pods", open(60));
    pods.step();
    assertThat(pods.objects()).isEqualTo(pages);
    assertThat(pods.lists()).isEqualTo(1);
    assertThat(pods.requests()).isEqualTo(pages + 1);
    assertThat(count("limit=500")).isEqualTo(pages);
  }
}

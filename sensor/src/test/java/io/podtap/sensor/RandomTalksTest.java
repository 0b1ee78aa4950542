/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.MemorySink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random conversations of every protocol lose each segment in turn, and are joined at each packet.
 * What is recorded is compared with the records of the whole conversation, field by field.
 *
 * <p>{@code -Drecovery.seeds=N} takes so many seeds of each protocol, {@code -Drecovery.seed=S}
 * from that one on.
 */
class RandomTalksTest {

  private static final int SEEDS = Integer.getInteger("recovery.seeds", 1);
  private static final int SEED = Integer.getInteger("recovery.seed", 1);
  private static final int SHOWN = Integer.getInteger("recovery.shown", 12);
  private static final double RECOVERED_MIN = 0.95;

  /** Every such segment is lost together with another one. */
  private static final int PAIR_STEP = 3;

  /** Exchanges that must be left when a connection is joined, to tell the protocol by. */
  private static final int LEFT_MIN = 5;

  /** Logs that describe the capture, and those that are derived from others. */
  private static final Set<String> NOT_OF_PROTOCOLS =
      Set.of(
          "conn",
          "conn_long",
          "weird",
          "analyzer",
          "capture_loss",
          "tap",
          "files",
          "pe",
          "x509",
          "ocsp",
          "software",
          "known_hosts",
          "known_services",
          "known_certs",
          "content",
          "intel",
          "notice",
          "identity",
          "tunnel",
          "requests");

  private static List<RandomTalks.Kind> kinds() {
    return RandomTalks.all();
  }

  /** One conversation and what a capture without loss has of it. */
  private static final class Whole {
    final RandomTalk talk;
    final MemorySink sink;
    final RequestCounts counts;
    private final long[] countedBefore;

    Whole(RandomTalk talk) {
      this.talk = talk;
      sink = talk.run(0, talk.packets().size(), Set.of());
      counts = new RequestCounts(sink);
      countedBefore = new long[talk.lastExchange() + 1];
      int exchange = 0;
      for (int i = 3; i < talk.packets().size() && counts.all() > 0; i++) {
        for (; exchange < talk.packets().get(i).exchange(); exchange++) {
          countedBefore[exchange + 1] = new RequestCounts(talk.run(0, i, Set.of())).all();
        }
      }
    }

    String service() {
      return sink.rows("conn").getFirst().getOrDefault("service", "");
    }

    /** Returns how many requests begin with an exchange or later. */
    long countedFrom(int exchange) {
      int index = Math.min(exchange, countedBefore.length - 1);
      return counts.all() - (counts.all() == 0 ? 0 : countedBefore[index]);
    }
  }

  /** What came of all cases of one protocol. */
  private static final class Tally {
    int cases;
    int recovered;
    final List<String> wrong = new ArrayList<>();
    final List<String> missing = new ArrayList<>();
    final Map<String, Integer> records = new LinkedHashMap<>();

    void covers(MemorySink sink) {
      for (LogSchema<?> schema : sink.schemas()) {
        int count = sink.rows(schema.path()).size();
        if (count > 0
            && (!NOT_OF_PROTOCOLS.contains(schema.path()) || schema.path().equals("requests"))) {
          records.merge(schema.path(), count, Integer::sum);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everySegmentMayBeLost(RandomTalks.Kind kind) {
    Tally tally = new Tally();
    for (int seed = SEED; seed < SEED + SEEDS; seed++) {
      Whole whole = new Whole(kind.talk(seed));
      tally.covers(whole.sink);
      List<RandomTalk.Packet> packets = whole.talk.packets();
      for (int i = 3; i < packets.size(); i++) {
        if (packets.get(i).hasData()) {
          MemorySink sink = whole.talk.run(0, packets.size(), Set.of(i));
          String label = "seed %d without %d".formatted(seed, i);
          int exchange = packets.get(i).exchange();
          boolean isNamed = kind.isJoined() || exchange > 0 || !kind.hasHandshake();
          check(whole, sink, label, exchange, isNamed, tally);
        }
      }
    }
    report(kind, "lost", tally);
  }

  /** Neighbours, or one and any later one. */
  @ParameterizedTest
  @MethodSource("kinds")
  void twoSegmentsMayBeLost(RandomTalks.Kind kind) {
    Tally tally = new Tally();
    for (int seed = SEED; seed < SEED + SEEDS; seed++) {
      Whole whole = new Whole(kind.talk(seed));
      tally.covers(whole.sink);
      SplittableRandom random = new SplittableRandom(seed);
      List<RandomTalk.Packet> packets = whole.talk.packets();
      int[] withData =
          IntStream.range(3, packets.size()).filter(i -> packets.get(i).hasData()).toArray();
      for (int i = seed % PAIR_STEP; i + 1 < withData.length; i += PAIR_STEP) {
        for (int j : new int[] {i + 1, i + 1 + random.nextInt(withData.length - i - 1)}) {
          MemorySink sink = whole.talk.run(0, packets.size(), Set.of(withData[i], withData[j]));
          String label = "seed %d without %d and %d".formatted(seed, withData[i], withData[j]);
          boolean isNamed = kind.isJoined() || packets.get(withData[i]).exchange() > 0;
          check(whole, sink, label, packets.get(withData[j]).exchange(), isNamed, tally);
        }
      }
    }
    report(kind, "two", tally);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aConnectionMayBeJoinedAtEveryPacket(RandomTalks.Kind kind) {
    Tally tally = new Tally();
    for (int seed = SEED; seed < SEED + SEEDS; seed++) {
      Whole whole = new Whole(kind.talk(seed));
      tally.covers(whole.sink);
      List<RandomTalk.Packet> packets = whole.talk.packets();
      for (int i = 3; i < packets.size(); i++) {
        if (packets.get(i).exchange() <= whole.talk.lastExchange() - LEFT_MIN) {
          MemorySink sink = whole.talk.run(i, packets.size(), Set.of());
          String label = "seed %d from %d".formatted(seed, i);
          check(whole, sink, label, packets.get(i).exchange(), kind.isJoined(), tally);
        }
      }
    }
    report(kind, "joined", tally);
  }

  /**
   * Compares records with those of the whole conversation.
   *
   * @param touched the exchange that is not whole; all behind it must be recorded
   * @param isNamed whether the protocol must be recognised, and go on
   */
  private static void check(
      Whole whole, MemorySink sink, String label, int touched, boolean isNamed, Tally tally) {
    List<String> wrong = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    double from = whole.talk.beginNs(touched + 1) / 1e9;
    for (LogSchema<?> schema : whole.sink.schemas()) {
      String log = schema.path();
      if (!NOT_OF_PROTOCOLS.contains(log)) {
        RecordComparison comparison =
            new RecordComparison(log, whole.sink.rows(log), sink.rows(log));
        wrong.addAll(comparison.wrong());
        missing.addAll(comparison.missingFrom(from - 1e-6));
      }
    }
    RequestCounts counts = new RequestCounts(sink);
    String wrongCount = counts.wrongBeside(whole.counts);
    if (!wrongCount.isEmpty()) {
      wrong.add(wrongCount);
    }
    if (counts.all() < whole.countedFrom(touched + 1)) {
      missing.add(
          "requests.log has %d of %d".formatted(counts.all(), whole.countedFrom(touched + 1)));
    }
    String service = sink.rows("conn").getFirst().getOrDefault("service", "");
    if (isNamed && !service.equals(whole.service())) {
      wrong.add("service " + service);
    }
    sink.rows("analyzer").forEach(row -> wrong.add("violation " + row));
    tally.cases++;
    tally.recovered += missing.isEmpty() || !isNamed ? 1 : 0;
    wrong.forEach(text -> tally.wrong.add(label + ": " + text));
    if (isNamed && !missing.isEmpty()) {
      tally.missing.add(label + ": " + missing.getFirst());
    }
  }

  private static void report(RandomTalks.Kind kind, String how, Tally tally) {
    System.out.printf(
        "%-12s %-7s %4d cases %5.1f %% recovered, %d wrong, records of %s%n",
        kind,
        how,
        tally.cases,
        100.0 * tally.recovered / tally.cases,
        tally.wrong.size(),
        tally.records);
    assertThat(tally.records).as("records of a whole conversation of " + kind).isNotEmpty();
    assertThat(first(tally.wrong)).as(kind + " " + how).isEmpty();
    assertThat((double) tally.recovered / tally.cases)
        .as(kind + " " + how + " " + first(tally.missing))
        .isGreaterThanOrEqualTo(RECOVERED_MIN);
  }

  private static List<String> first(List<String> texts) {
    return texts.subList(0, Math.min(SHOWN, texts.size()));
  }
}

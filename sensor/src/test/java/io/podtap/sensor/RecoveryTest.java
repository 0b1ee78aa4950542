/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each segment of a conversation is lost in turn, and the connection is joined at each packet: what
 * comes after the next message is recorded, and nothing wrong is ever stated.
 */
class RecoveryTest {

  private static final double RECOVERED_MIN = 0.95;
  private static final int SEVERAL_RUNS = 60;

  private static Stream<Exchanges> talks() {
    return Stream.concat(RecoveryTalks.all().stream(), RecoveryVariants.all().stream());
  }

  /** What came of all cases of one conversation. */
  private static final class Tally {
    int cases;
    int recovered;
    final List<String> wrong = new ArrayList<>();
    final List<String> missing = new ArrayList<>();

    void note(String label, String lack) {
      cases++;
      if (lack.isEmpty()) {
        recovered++;
      } else {
        missing.add(label + ": " + lack);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("talks")
  void everySegmentMayBeLost(Exchanges talk) {
    Tally tally = new Tally();
    for (int i = 0; i < talk.packets().size(); i++) {
      if (talk.packets().get(i).hasData()) {
        Exchanges.Records records = talk.run(0, i);
        String label = "without " + i;
        int exchange = talk.packets().get(i).exchange();
        check(talk, records, label, exchange, 1, tally);
      }
    }
    report(talk, "lost", tally);
  }

  @ParameterizedTest
  @MethodSource("talks")
  void aConnectionMayBeJoinedAtEveryPacket(Exchanges talk) {
    Tally tally = new Tally();
    int last = talk.packets().size() - 12; // a few exchanges must be left to tell by
    for (int i = 3; i < last; i++) {
      Exchanges.Records records = talk.run(i, -1);
      int exchange = talk.packets().get(i).exchange();
      check(talk, records, "from " + i, exchange, exchange + 1, tally);
      List<Map<String, String>> connections = records.connections();
      assertThat(connections).isNotEmpty();
    }
    report(talk, "joined", tally);
  }

  /** What is recorded is right, however much is lost; how much is recorded depends. */
  @ParameterizedTest
  @MethodSource("talks")
  void nothingWrongIsStatedWhereSeveralSegmentsAreLost(Exchanges talk) {
    Tally tally = new Tally();
    SplittableRandom random = new SplittableRandom(20_261_201);
    for (int run = 0; run < SEVERAL_RUNS; run++) {
      Set<Integer> lost = new TreeSet<>();
      int percent = 3 + run % 4 * 8;
      int first = talk.packets().size();
      for (int i = 3; i < talk.packets().size(); i++) {
        if (talk.packets().get(i).hasData() && random.nextInt(100) < percent) {
          lost.add(i);
          first = Math.min(first, i);
        }
      }
      if (!lost.isEmpty()) {
        int exchange = talk.packets().get(first).exchange();
        check(talk, talk.run(0, lost), "without " + lost, exchange, 1, tally);
      }
    }
    assertThat(tally.wrong).as(talk.protocol).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("talks")
  void nothingIsMissingWithoutLoss(Exchanges talk) {
    Tally tally = new Tally();
    check(talk, talk.run(0, -1), "whole", -1, 1, tally);
    assertThat(tally.missing).isEmpty();
    assertThat(tally.wrong).isEmpty();
  }

  /**
   * Compares records with what is expected.
   *
   * @param touched the exchange that lost bytes; what comes of it may be unknown
   * @param countedFrom requests are counted for certain from this exchange on
   */
  private static void check(
      Exchanges talk,
      Exchanges.Records records,
      String label,
      int touched,
      int countedFrom,
      Tally tally) {
    if (talk.keyField.isEmpty()) {
      checkCounts(talk, records, label, touched, countedFrom, tally);
      return;
    }
    Map<String, String> outcomes = records.outcomes(talk.keyField, talk.outcomeField);
    String lack = "";
    for (Exchanges.Expected expected : talk.expected()) {
      String outcome = outcomes.get(expected.key());
      if (outcome == null) {
        boolean isWanted =
            touched < 0
                || expected.exchange() > touched
                || isBefore(expected, touched, countedFrom);
        lack += isWanted ? " no " + shortened(expected.key()) : "";
      } else if (!outcome.equals(expected.outcome()) && !outcome.equals("-")) {
        tally.wrong.add(
            "%s: %s has %s".formatted(label, shortened(expected.key()), shortened(outcome)));
      } else if (touched < 0 && !outcome.equals(expected.outcome())) {
        lack += " no outcome of " + shortened(expected.key());
      }
    }
    Set<String> keys = new HashSet<>();
    for (Map<String, String> row : records.rows()) {
      String key = row.get(talk.keyField);
      if (key != null && !key.equals("-") && !keys.add(key)) {
        tally.wrong.add(label + ": twice " + shortened(key));
      }
    }
    if (!records.violations().isEmpty()) {
      tally.wrong.add(label + ": " + records.violations());
    }
    tally.note(label, lack);
  }

  /** What came before the loss is recorded, unless the connection was joined later. */
  private static boolean isBefore(Exchanges.Expected expected, int touched, int countedFrom) {
    return countedFrom == 1 && expected.exchange() < touched;
  }

  /** Counts may be too low only when the record says so, and never too high. */
  private static void checkCounts(
      Exchanges talk,
      Exchanges.Records records,
      String label,
      int touched,
      int countedFrom,
      Tally tally) {
    long all = Long.parseLong(talk.run(0, -1).rows().getFirst().getOrDefault("requests", "0"));
    boolean isJoined = countedFrom > 1;
    long certain = isJoined ? talk.requestsFrom(touched + 1) : all - 1;
    long seen = 0;
    boolean saysAll = false;
    for (Map<String, String> row : records.rows()) {
      seen += Long.parseLong(row.getOrDefault("requests", "0"));
      saysAll |= "T".equals(row.get("complete"));
    }
    if (seen > all || (isJoined && seen > talk.requestsFrom(touched))) {
      tally.wrong.add("%s: %d of %d".formatted(label, seen, all));
    }
    if (saysAll && seen < all) {
      tally.wrong.add("%s: %d of %d are said to be all".formatted(label, seen, all));
    }
    if (!records.violations().isEmpty()) {
      tally.wrong.add(label + ": " + records.violations());
    }
    tally.note(label, seen < certain ? " %d of %d".formatted(seen, certain) : "");
  }

  private static String shortened(String text) {
    String line = text.strip();
    return line.length() > 30 ? line.substring(0, 30) + "..." : line;
  }

  private static void report(Exchanges talk, String how, Tally tally) {
    System.out.printf(
        "%-19s %-7s %4d cases %6.1f %% recovered %s%n",
        talk.protocol,
        how,
        tally.cases,
        100.0 * tally.recovered / tally.cases,
        tally.missing.isEmpty() ? "" : tally.missing.subList(0, Math.min(4, tally.missing.size())));
    assertThat(tally.wrong).as(talk.protocol + " " + how).isEmpty();
    assertThat((double) tally.recovered / tally.cases)
        .as(talk.protocol + " " + how + " " + tally.missing)
        .isGreaterThanOrEqualTo(RECOVERED_MIN);
  }
}

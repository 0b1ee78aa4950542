/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import io.podtap.core.metrics.Account;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.tap.ledger.TapMetrics;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints a balance as two tables: frames of each interface up to cutting, then packets from taps to
 * sensors. A tap's columns are those of its declared accounts.
 */
final class LedgerTable {

  private static final String TAP = "%-10s ";
  private static final String POD = "%-28s %-12s";
  private static final String WHERE = "%-41s";
  private static final int WIDTH = 14;

  /** What a sensor says, and how it adds up to what a tap has sent. */
  private static final List<Column> OF_SENSOR =
      List.of(
          new Column("= received", "received"),
          new Column("+ lost", "lost"),
          new Column("- surplus", "surplus"),
          new Column("open", "unreported"));

  private static final List<Column> OF_INTERFACE = columns(TapMetrics.INTERFACE);
  private static final List<Column> AFTER_CUTTING =
      List.of(
          new Column("bytes", "mirrored_bytes"),
          new Column("cut into", "packets"),
          new Column("bytes", "packet_bytes"));
  private static final List<Column> OF_TAP = columns(TapMetrics.PACKETS);

  /** A column and the key of its count. */
  private record Column(String header, String key) {}

  private final PrintWriter out;

  LedgerTable(PrintWriter out) {
    this.out = out;
  }

  /**
   * Returns the columns of a group's first account: {@code total}, {@code = part}, {@code + part}.
   */
  private static List<Column> columns(MetricGroup<?> declared) {
    Account account = declared.accounts().getFirst();
    List<Column> columns = new ArrayList<>();
    columns.add(new Column(account.total(), account.total()));
    for (String part : account.parts()) {
      columns.add(new Column((columns.size() == 1 ? "= " : "+ ") + part, part));
    }
    return columns;
  }

  void print(Balance balance) {
    boolean hasTaps = balance.pairs().stream().anyMatch(pair -> pair.tap().isPresent());
    if (hasTaps) {
      printFrames(balance.pairs());
      out.println();
    }
    printPackets(balance.pairs());
    out.println();
    for (String problem : balance.problems()) {
      out.println(problem);
    }
    out.println(balance.problems().isEmpty() ? "It adds up." : "It does NOT add up.");
  }

  private void printFrames(List<Balance.Pair> pairs) {
    out.printf(TAP + POD, "tap", "pod", "interface");
    printHeaders(OF_INTERFACE);
    printHeaders(AFTER_CUTTING);
    out.println();
    for (Balance.Pair pair : pairs) {
      pair.tap()
          .ifPresent(tap -> {
            for (Map.Entry<String, Counts> one : tap.interfaces().entrySet()) {
              out.printf(TAP + POD, tap.id(), tap.pod(), one.getKey());
              printCounts(OF_INTERFACE, one.getValue());
              printCounts(AFTER_CUTTING, one.getValue());
              out.println();
            }
          });
    }
  }

  private void printPackets(List<Balance.Pair> pairs) {
    out.printf(TAP + WHERE, "tap", "where");
    printHeaders(OF_TAP);
    printHeaders(OF_SENSOR);
    printCell("bytes");
    out.println();
    for (Balance.Pair pair : pairs) {
      pair.tap().ifPresent(tap -> printTap(pair, tap));
      pair.sensors().forEach(this::printSensor);
    }
  }

  private void printTap(Balance.Pair pair, TapAccount tap) {
    out.printf(TAP + WHERE, tap.id(), tap.isEnded() ? "the tap, at its end" : "the tap, running");
    printCounts(OF_TAP, tap.packets());
    for (Column column : OF_SENSOR) {
      boolean isOpen = column.key().equals("unreported") && !pair.sensors().isEmpty();
      printCell(isOpen ? number(pair.missing()) : "");
    }
    printCell(number(tap.packets().get("sent_bytes")));
    out.println();
  }

  private void printSensor(SensorAccount sensor) {
    out.printf(TAP + WHERE, sensor.tap(), sensor.sensor() + ", from " + sensor.from());
    for (Column column : OF_TAP) {
      printCell(column.key().equals("sent") ? number(sensor.counts().get("sent")) : "");
    }
    printCounts(OF_SENSOR, sensor.counts());
    printCell(number(sensor.counts().get("received_bytes")));
    out.println();
  }

  private void printHeaders(List<Column> columns) {
    columns.forEach(column -> printCell(column.header()));
  }

  private void printCounts(List<Column> columns, Counts counts) {
    columns.forEach(column -> printCell(number(counts.get(column.key()))));
  }

  private void printCell(String text) {
    out.print(' ');
    out.print(" ".repeat(Math.max(WIDTH - text.length(), 0)));
    out.print(text);
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}

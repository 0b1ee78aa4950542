/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes the records of one {@code tap.log} together: of each tap the last one counts, and of each
 * earlier life of a tap at this sensor the last one of that life. A sensor that was started anew,
 * or has forgotten a tap after a long silence, counts from zero.
 */
final class TapLogReader {

  private static final String FIELDS = "#fields\t";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

  private final String source;
  private final Map<String, SensorAccount> last = new LinkedHashMap<>();
  private final List<SensorAccount> earlier = new ArrayList<>();

  TapLogReader(String source) {
    this.source = source;
  }

  /** Adds the next record. */
  void add(Map<String, String> texts, Counts counts) {
    String address = texts.getOrDefault("tap.address", "");
    Counts used = new Counts();
    used.add("sent", counts.get("sent_here"));
    for (String name : List.of("received", "received_bytes", "lost", "surplus", "unreported")) {
      used.add(name, counts.get(name));
    }
    SensorAccount next =
        new SensorAccount(
            source,
            texts.getOrDefault("tap.id", address),
            SensorAccount.from(address, counts.has("tap.vni") ? counts.get("tap.vni") : -1),
            used);
    SensorAccount former = last.put(next.tap() + ' ' + next.from(), next);
    if (former != null && former.counts().get("received") > used.get("received")) {
      earlier.add(former);
    }
  }

  /** Adds the records of a log in Zeek's TSV format. */
  void addTabbed(String text) {
    List<String> fields = List.of();
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(FIELDS)) {
        fields = List.of(line.substring(FIELDS.length()).split("\t", -1));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        addLine(fields, line.split("\t", -1));
      }
    }
  }

  private void addLine(List<String> fields, String[] values) {
    if (values.length != fields.size()) {
      return; // still being written
    }
    Map<String, String> texts = new HashMap<>();
    Counts counts = new Counts();
    for (int i = 0; i < values.length; i++) {
      if (NUMBER.matcher(values[i]).matches()) {
        counts.add(fields.get(i), Long.parseLong(values[i]));
      }
      texts.put(fields.get(i), values[i]);
    }
    add(texts, counts);
  }

  List<SensorAccount> accounts() {
    List<SensorAccount> all = new ArrayList<>(earlier);
    all.addAll(last.values());
    return all;
  }
}

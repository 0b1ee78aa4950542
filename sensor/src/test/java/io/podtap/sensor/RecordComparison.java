/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares the records of a capture in which packets are missing with those of the whole one. Each
 * must be one of the whole one's: what it states is the same, though it may state less. Its time
 * may differ a little, where a packet of it is missing.
 */
final class RecordComparison {

  /** What is random, and what says how much was seen. */
  private static final Set<String> UNCOMPARED =
      Set.of(
          "ts",
          "uid",
          "fuid",
          "fuids",
          "orig_fuids",
          "resp_fuids",
          "trans_depth", // the place among the requests that were seen
          "missed_bytes",
          "ssl_history", // the messages that were seen
          "unknown_headers");

  /** Flags that are F in a record without answer, or without the end of a handshake, as in Zeek. */
  private static final Set<String> DEFAULT_FALSE =
      Set.of("AA", "TC", "RD", "RA", "rejected", "resumed", "established");

  /** By how much a time may differ: that of the first, or the last, packet that was seen of it. */
  private static final double APART_SECONDS_MAX = 1;

  /** What a text ends in whose rest is missing; a character may be cut, too. */
  private static final Pattern CUT = Pattern.compile("(\\\\x[0-9a-f]{2}){0,3}\\.\\.\\.$");

  private final String log;
  private final List<Map<String, String>> whole;

  /** What was stated of each record of the whole capture: the fields. */
  private final Map<Integer, Set<String>> found = new HashMap<>();

  private final List<String> wrong = new ArrayList<>();

  RecordComparison(String log, List<Map<String, String>> whole, List<Map<String, String>> records) {
    this.log = log;
    this.whole = whole;
    List<Map<String, String>> left = new ArrayList<>(records);
    left.sort(Comparator.comparingInt(record -> -stated(record).size())); // those that say most
    left.removeIf(record -> take(record, 0));
    left.removeIf(record -> take(record, APART_SECONDS_MAX));
    left.removeIf(this::isPart);
    left.forEach(record -> wrong.add(difference(record)));
  }

  private boolean take(Map<String, String> record, double withinSeconds) {
    int best = -1;
    double bestSeconds = withinSeconds;
    for (int i = 0; i < whole.size(); i++) {
      double seconds = Math.abs(time(whole.get(i)) - time(record));
      boolean isNearer = seconds < bestSeconds || (seconds <= withinSeconds && best < 0);
      if (isNearer && !found.containsKey(i) && differences(record, whole.get(i)).isEmpty()) {
        best = i;
        bestSeconds = seconds;
      }
    }
    if (best >= 0) {
      found.put(best, new HashSet<>(stated(record).keySet()));
    }
    return best >= 0;
  }

  /**
   * Returns whether a record is the rest of one that was found: where it is unknown which answer
   * belongs to a question, the two are records of their own. They state different fields.
   */
  private boolean isPart(Map<String, String> record) {
    for (Map.Entry<Integer, Set<String>> other : found.entrySet()) {
      Map<String, String> one = whole.get(other.getKey());
      Set<String> both = new HashSet<>(other.getValue());
      both.retainAll(stated(record).keySet());
      both.removeIf(this::isAlwaysSame);
      if (both.isEmpty() && isNear(one, record) && differences(record, one).isEmpty()) {
        other.getValue().addAll(stated(record).keySet());
        return true;
      }
    }
    return false;
  }

  private boolean isAlwaysSame(String field) {
    return whole.stream().map(record -> record.get(field)).distinct().count() == 1;
  }

  private static boolean isNear(Map<String, String> one, Map<String, String> other) {
    return Math.abs(time(one) - time(other)) <= APART_SECONDS_MAX;
  }

  static double time(Map<String, String> record) {
    return Double.parseDouble(record.get("ts"));
  }

  private static Set<String> differences(Map<String, String> record, Map<String, String> whole) {
    Set<String> fields = new TreeSet<>();
    record.forEach((field, value) -> {
      if (!UNCOMPARED.contains(field) && !isAllowed(field, value, whole.get(field))) {
        fields.add(field);
      }
    });
    return fields;
  }

  private static boolean isAllowed(String field, String value, @Nullable String whole) {
    String text = CUT.matcher(value).replaceAll("");
    return value.equals(whole)
        || (whole != null && !text.equals(value) && whole.startsWith(text))
        || value.equals("-")
        || value.equals("(empty)")
        || value.equals("<unknown>") // the user of FTP, as in Zeek
        || (field.equals("opcode") && whole != null && whole.startsWith(value + " "))
        || (whole != null && isPart(field, value, whole))
        || isDefault(field, value);
  }

  /** Some of a list's entries, and a file in the folder that was known last. */
  private static boolean isPart(String field, String value, String whole) {
    return switch (field) {
      case "rcptto", "to", "cc" -> {
        Set<String> entries = Set.of(whole.split(",", -1));
        yield entries.containsAll(Set.of(value.split(",", -1)));
      }
      case "arg" -> value.startsWith("ftp://") && fileName(value).equals(fileName(whole));
      default -> false;
    };
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean isDefault(String field, String value) {
    return (value.equals("F") && DEFAULT_FALSE.contains(field))
        || (value.equals("0") && field.equals("Z"));
  }

  /** Says in what a record differs from the one that is most like it. */
  private String difference(Map<String, String> record) {
    @Nullable Map<String, String> likest = null;
    for (int i = 0; i < whole.size(); i++) {
      Map<String, String> other = whole.get(i);
      boolean isCandidate = !found.containsKey(i) && isNear(other, record);
      if (isCandidate
          && (likest == null
              || differences(record, other).size() <= differences(record, likest).size())) {
        likest = other;
      }
    }
    if (likest == null) {
      return "%s.log has %s".formatted(log, at(record));
    }
    StringBuilder text = new StringBuilder("%s.log has %s,".formatted(log, at(record)));
    for (String field : differences(record, likest)) {
      text.append(
          " %s: %s instead of %s"
              .formatted(field, shortened(record.get(field)), shortened(likest.get(field))));
    }
    return text.toString();
  }

  private static String at(Map<String, String> record) {
    return shortened(record.get("ts") + " " + stated(record));
  }

  private static Map<String, String> stated(Map<String, String> record) {
    Map<String, String> stated = new TreeMap<>(record);
    stated.keySet().removeAll(UNCOMPARED);
    stated.keySet().removeIf(name -> name.startsWith("id."));
    stated.values().removeIf(value -> value.equals("-") || value.equals("(empty)"));
    stated.entrySet().removeIf(field -> isDefault(field.getKey(), field.getValue()));
    return stated;
  }

  private static String shortened(@Nullable String text) {
    return text == null || text.length() <= 300 ? "" + text : text.substring(0, 300) + "...";
  }

  /** Returns what is stated that is not so. */
  List<String> wrong() {
    return wrong;
  }

  /** Returns how many records of the whole capture are of a time or later. */
  int countFrom(double fromSeconds) {
    return (int) whole.stream().filter(record -> time(record) >= fromSeconds).count();
  }

  /** Returns those of a time or later that are missing. */
  List<String> missingFrom(double fromSeconds) {
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < whole.size(); i++) {
      if (!found.containsKey(i) && time(whole.get(i)) >= fromSeconds) {
        missing.add(log + ".log lacks " + at(whole.get(i)));
      }
    }
    return missing;
  }
}

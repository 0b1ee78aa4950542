/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rules of a family, each with a conversation made for it and the records that must come of it.
 * Checking them prints the list: rule, record.
 */
public final class RuleList {

  private record Rule(
      String text, Talk talk, String log, List<String> columns, List<String> records) {}

  private static final int[] CUTS = {1, 7, 64};

  private final String family;
  private final List<Rule> rules = new ArrayList<>();

  public RuleList(String family) {
    this.family = family;
  }

  /**
   * Adds a rule.
   *
   * @param columns of the log, separated by blanks
   * @param records values of these columns with a bar between them, one text a record
   */
  public RuleList rule(String text, Talk talk, String log, String columns, String... records) {
    List<String> names = new ArrayList<>();
    for (int at = 0; at < columns.length(); ) {
      int end = columns.indexOf(' ', at);
      int stop = end < 0 ? columns.length() : end;
      names.add(columns.substring(at, stop));
      at = stop + 1;
    }
    rules.add(new Rule(text, talk, log, names, List.of(records)));
    return this;
  }

  /** Asserts that every rule holds, however the bytes are cut, and prints the list. */
  public void hold() {
    for (Rule rule : rules) {
      List<String> found = values(rule, Integer.MAX_VALUE);
      System.out.println(
          String.format(Locale.ROOT, "%s: %s -> %s %s", family, rule.text, rule.log, found));
      assertThat(found).as(rule.text).containsExactlyInAnyOrderElementsOf(rule.records);
      for (int cut : CUTS) {
        assertThat(values(rule, cut)).as(rule.text + ", cut to " + cut).isEqualTo(found);
      }
    }
  }

  private static List<String> values(Rule rule, int cut) {
    List<String> found = new ArrayList<>();
    for (Map<String, String> row : rule.talk.rows(rule.log, cut)) {
      List<String> values = new ArrayList<>();
      rule.columns.forEach(name -> values.add(row.get(name)));
      found.add(String.join("|", values));
    }
    return found;
  }

  /** Asserts that no parser throws whatever is changed in these conversations. */
  public void surviveMutation() {
    rules.forEach(rule -> rule.talk.survivesMutation());
  }
}

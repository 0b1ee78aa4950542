/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * What is counted of one kind of thing, declared once: the count document, the metrics, a tap's
 * report, the table of {@code podtap ledger} and the reference page are made from it. A class that
 * counts keeps plain fields; a declaration knows how to read them.
 *
 * <p>Immutable. {@link #read} is called on the thread that owns what it reads, now and then.
 *
 * @param <S> what counts
 */
public final class MetricGroup<S> {

  private final String title;
  private final String place;
  private final List<Metric<S>> metrics;
  private final List<Account> accounts;
  private final Map<String, Integer> indexes = new HashMap<>();

  private MetricGroup(Builder<S> builder) {
    title = builder.title;
    place = builder.place;
    metrics = List.copyOf(builder.metrics);
    accounts = List.copyOf(builder.accounts);
    for (int i = 0; i < metrics.size(); i++) {
      String key = metrics.get(i).key();
      if (!key.isEmpty() && indexes.put(key, i) != null) {
        throw new IllegalStateException(title + ": two values are called " + key);
      }
    }
    for (Account account : accounts) {
      index(account.total());
      account.parts().forEach(this::index);
    }
  }

  /**
   * Begins a declaration.
   *
   * @param prefix begins the name of each metric, such as {@code podtap_tap_}
   * @param title what counts, for people
   * @param place where it stands in the count document, such as {@code interfaces[]}; empty for its
   *     top
   */
  public static <S> Builder<S> of(String prefix, String title, String place) {
    return new Builder<>(prefix, title, place);
  }

  /** Reads every value. */
  public Reading read(S source) {
    Object[] values = new Object[metrics.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = metrics.get(i).reader().apply(source);
    }
    return new Reading(this, values);
  }

  /** Returns the reading of something that has counted nothing. */
  public Reading zero() {
    Object[] values = new Object[metrics.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (metrics.get(i).form()) {
            case TEXT -> "";
            case COUNT -> 0L;
            case FLAG -> false;
            case COUNTS -> Map.of();
            case HISTOGRAM -> new Histogram().buckets();
          };
    }
    return new Reading(this, values);
  }

  /** Returns what is declared, in its order. */
  public List<Metric<S>> metrics() {
    return metrics;
  }

  /** Returns the sums that must hold. */
  public List<Account> accounts() {
    return accounts;
  }

  /** Returns what counts, for people. */
  public String title() {
    return title;
  }

  /** Returns where it stands in the count document. */
  public String place() {
    return place;
  }

  /** Returns the metrics, in the order of their declaration. */
  public Set<MetricFamily> families() {
    Set<MetricFamily> families = new LinkedHashSet<>();
    for (Metric<S> metric : metrics) {
      if (metric.family() != null) {
        families.add(metric.family());
      }
    }
    return families;
  }

  /** Returns the keys of a tap's report that values of this group are summed under. */
  public Set<String> reportKeys() {
    Set<String> keys = new LinkedHashSet<>();
    metrics.forEach(metric -> keys.add(metric.reportKey()));
    keys.remove("");
    return keys;
  }

  /** Returns whether the count document has a value of that key here, by name or not. */
  public boolean declares(String key) {
    return indexes.containsKey(key);
  }

  /** Returns whether that value is in metrics too. */
  public boolean isMetric(String key) {
    return metrics.get(index(key)).family() != null;
  }

  /** Returns whether that value is several by name. */
  public boolean isByName(String key) {
    return declares(key) && metrics.get(index(key)).form() == Metric.Form.COUNTS;
  }

  /**
   * Returns under which key the count document has a sample of metrics; empty when it is not of
   * this group.
   *
   * @param name of the sample
   * @param labels of the sample
   */
  public String keyOf(String name, Map<String, String> labels) {
    String byName = "";
    for (Metric<S> metric : metrics) {
      MetricFamily family = metric.family();
      if (family == null || !family.fullName().equals(name)) {
        continue;
      }
      if (metric.form() == Metric.Form.COUNTS) {
        byName = metric.key();
      } else if (metric.labelValue().equals(labels.getOrDefault(family.label(), ""))) {
        return metric.key();
      }
    }
    return byName;
  }

  int index(String key) {
    Integer index = indexes.get(key);
    if (index == null) {
      throw new IllegalArgumentException(title + ": nothing is called " + key);
    }
    return index;
  }

  /** Declares values one after the other. */
  public static final class Builder<S> {

    private final String prefix;
    private final String title;
    private final String place;
    private final List<Metric<S>> metrics = new ArrayList<>();
    private final List<Account> accounts = new ArrayList<>();
    private MetricFamily family =
        new MetricFamily("", "", MetricKind.GAUGE, MetricUnit.NONE, "", "");

    private Builder(String prefix, String title, String place) {
      this.prefix = prefix;
      this.title = title;
      this.place = place;
    }

    /**
     * Declares a label of every series of the group.
     *
     * @param key its name in the count document; empty when it is not there
     * @param text a text, or a number that identifies
     */
    public Builder<S> label(String label, String key, String help, Function<S, ?> text) {
      return add(new Metric<>(Metric.Form.TEXT, key, null, label, "", "", help, text));
    }

    /** Declares a text of the count document. */
    public Builder<S> text(String key, String help, Function<S, ?> text) {
      return label("", key, help, text);
    }

    /** Declares a metric whose labels are what it says; its value is 1. */
    public Builder<S> info(String name, String help) {
      family = new MetricFamily(prefix, name, MetricKind.INFO, MetricUnit.NONE, "", help);
      return add(new Metric<>(Metric.Form.COUNT, "", family, "", "", "", help, _ -> 1L));
    }

    /** Declares a number that only grows; its key is its name. */
    public Builder<S> counter(String name, String help, ToLongFunction<S> reader) {
      return counter(name, MetricUnit.NONE, help, reader);
    }

    /** As the other, in a unit. */
    public Builder<S> counter(String name, MetricUnit unit, String help, ToLongFunction<S> reader) {
      return counters(name, unit, "", help).value("", reader).as(unit.suffixed(name));
    }

    /** Declares a number that comes and goes; its key is its name. */
    public Builder<S> gauge(String name, String help, ToLongFunction<S> reader) {
      return gauge(name, MetricUnit.NONE, help, reader);
    }

    /** As the other, in a unit. */
    public Builder<S> gauge(String name, MetricUnit unit, String help, ToLongFunction<S> reader) {
      return gauges(name, unit, "", help).value("", reader).as(unit.suffixed(name));
    }

    /** Declares whether something is so now. */
    public Builder<S> flag(String name, String help, Predicate<S> reader) {
      family = new MetricFamily(prefix, name, MetricKind.GAUGE, MetricUnit.NONE, "", help);
      return add(new Metric<>(Metric.Form.FLAG, name, family, "", "", "", help, reader::test));
    }

    /** Declares observations by size; they are not in the count document. */
    public Builder<S> histogram(
        String name, MetricUnit unit, String help, Function<S, Histogram> reader) {
      family = new MetricFamily(prefix, name, MetricKind.HISTOGRAM, unit, "", help);
      return add(
          new Metric<>(
              Metric.Form.HISTOGRAM,
              "",
              family,
              "",
              "",
              "",
              help,
              reader.andThen(Histogram::buckets)));
    }

    /** Begins a metric of several values that only grow, told apart by {@code label}. */
    public Builder<S> counters(String name, String label, String help) {
      return counters(name, MetricUnit.NONE, label, help);
    }

    /** As the other, in a unit. */
    public Builder<S> counters(String name, MetricUnit unit, String label, String help) {
      family = new MetricFamily(prefix, name, MetricKind.COUNTER, unit, label, help);
      return this;
    }

    /** Begins a metric of several values that come and go, told apart by {@code label}. */
    public Builder<S> gauges(String name, String label, String help) {
      return gauges(name, MetricUnit.NONE, label, help);
    }

    /** As the other, in a unit. */
    public Builder<S> gauges(String name, MetricUnit unit, String label, String help) {
      family = new MetricFamily(prefix, name, MetricKind.GAUGE, unit, label, help);
      return this;
    }

    /** Declares one value of the metric that was begun; its key is the label's value and unit. */
    public Builder<S> value(String labelValue, ToLongFunction<S> reader) {
      return add(
          new Metric<>(
              Metric.Form.COUNT,
              family.unit().suffixed(labelValue),
              family,
              "",
              labelValue,
              "",
              family.help(),
              reader::applyAsLong));
    }

    /** Declares values of the metric that was begun, by names that the program chooses. */
    public Builder<S> values(String key, Function<S, Map<String, Long>> reader) {
      return add(new Metric<>(Metric.Form.COUNTS, key, family, "", "", "", family.help(), reader));
    }

    /** Gives the last value another key in the count document. */
    public Builder<S> as(String key) {
      Metric<S> last = metrics.removeLast();
      return add(
          new Metric<>(
              last.form(),
              key,
              last.family(),
              last.label(),
              last.labelValue(),
              last.reportKey(),
              last.help(),
              last.reader()));
    }

    /** Says what the last value is, where its metric has several. */
    public Builder<S> means(String help) {
      Metric<S> last = metrics.removeLast();
      return add(
          new Metric<>(
              last.form(),
              last.key(),
              last.family(),
              last.label(),
              last.labelValue(),
              last.reportKey(),
              help,
              last.reader()));
    }

    /** Leaves the last value out of the count document. */
    public Builder<S> metricsOnly() {
      return as("");
    }

    /** Leaves the last value out of the metrics. */
    public Builder<S> documentOnly() {
      Metric<S> last = metrics.removeLast();
      return add(
          new Metric<>(
              last.form(),
              last.key(),
              null,
              "",
              last.labelValue(),
              last.reportKey(),
              last.help(),
              last.reader()));
    }

    /** Puts the last value into a tap's reports too. */
    public Builder<S> reported(String reportKey) {
      Metric<S> last = metrics.removeLast();
      return add(
          new Metric<>(
              last.form(),
              last.key(),
              last.family(),
              last.label(),
              last.labelValue(),
              reportKey,
              last.help(),
              last.reader()));
    }

    /**
     * Declares a sum that must hold, by keys.
     *
     * @param what the total, for people
     */
    public Builder<S> account(String what, String total, String... parts) {
      accounts.add(new Account(what, total, List.of(parts)));
      return this;
    }

    private Builder<S> add(Metric<S> metric) {
      metrics.add(metric);
      return this;
    }

    /** Ends the declaration. */
    public MetricGroup<S> build() {
      return new MetricGroup<>(this);
    }
  }
}

package io.podtap.core.metrics;

import java.util.Locale;
import java.util.Map;

/**
 * Metrics as Prometheus reads them, one family after the other. Names begin with what the program
 * is called; values of labels are the caller's to keep plain, see {@link #plain}.
 *
 * @see "Prometheus text exposition format 0.0.4"
 */
public final class MetricsText {

  private final StringBuilder out = new StringBuilder();
  private final String prefix;
  private String family = "";

  /** Begins an empty text; {@code prefix} stands before every name. */
  public MetricsText(String prefix) {
    this.prefix = prefix;
  }

  /** Returns {@code text} with an underscore for whatever is not plain. */
  public static String plain(String text) {
    return text.replaceAll("[^A-Za-z0-9_.:/@-]", "_");
  }

  /** Begins a family of counts that only grow. */
  public MetricsText counter(String name, String help) {
    return family(name, "counter", help);
  }

  /** Begins a family of values that come and go. */
  public MetricsText gauge(String name, String help) {
    return family(name, "gauge", help);
  }

  private MetricsText family(String name, String type, String help) {
    family = prefix + name;
    out.append("# HELP ").append(family).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(family).append(' ').append(type).append('\n');
    return this;
  }

  /** Adds the family's only value. */
  public MetricsText value(long value) {
    out.append(family).append(' ').append(value).append('\n');
    return this;
  }

  /** Adds one value of the family. */
  public MetricsText value(String label, String of, long value) {
    return labelled(label + "=\"" + of + '"', value);
  }

  /** Adds one value of the family for each entry. */
  public MetricsText values(String label, Map<String, Long> values) {
    values.forEach((of, value) -> value(label, of, value));
    return this;
  }

  /** Adds one value of the family, with labels as they are written between the braces. */
  public MetricsText labelled(String labels, long value) {
    out.append(String.format(Locale.ROOT, "%s{%s} %d\n", family, labels, value));
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

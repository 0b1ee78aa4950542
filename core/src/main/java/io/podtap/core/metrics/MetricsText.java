package io.podtap.core.metrics;

import java.util.Locale;
import java.util.Map;

/**
 * Metrics as Prometheus reads them, one family after the other. Names begin with what the program
 * is called; values of labels are the caller's to keep plain, see {@link #plain}.
 *
 * <p>Bounded: a value of a label has {@link #LABEL_CHARACTERS_MAX} characters at most, a text
 * {@link #CHARACTERS_MAX}. What lies beyond is left out, and {@code metrics_series_omitted} says
 * how much.
 *
 * @see "Prometheus text exposition format 0.0.4"
 */
public final class MetricsText {

  /** Characters of a label's value. */
  public static final int LABEL_CHARACTERS_MAX = 128;

  /** Characters of all series together. */
  public static final int CHARACTERS_MAX = 2 << 20;

  private final StringBuilder out = new StringBuilder();
  private final String prefix;
  private String family = "";
  private long omitted;

  /** Begins an empty text; {@code prefix} stands before every name. */
  public MetricsText(String prefix) {
    this.prefix = prefix;
  }

  /** Returns {@code text} with an underscore for whatever is not plain, cut to a label's length. */
  public static String plain(String text) {
    int length = Math.min(text.length(), LABEL_CHARACTERS_MAX);
    StringBuilder plain = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char character = text.charAt(i);
      plain.append(isPlain(character) ? character : '_');
    }
    return plain.toString();
  }

  private static boolean isPlain(char character) {
    return (character >= 'A' && character <= 'Z')
        || (character >= 'a' && character <= 'z')
        || (character >= '0' && character <= '9')
        || "_.:/@-".indexOf(character) >= 0;
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
    String cut = of.length() <= LABEL_CHARACTERS_MAX ? of : of.substring(0, LABEL_CHARACTERS_MAX);
    return labelled(label + "=\"" + cut + '"', value);
  }

  /** Adds one value of the family for each entry. */
  public MetricsText values(String label, Map<String, Long> values) {
    values.forEach((of, value) -> value(label, of, value));
    return this;
  }

  /** Adds one value of the family, with labels as they are written between the braces. */
  public MetricsText labelled(String labels, long value) {
    if (out.length() + family.length() + labels.length() > CHARACTERS_MAX) {
      omitted++;
      return this;
    }
    out.append(family).append('{').append(labels).append("} ").append(value).append('\n');
    return this;
  }

  @Override
  public String toString() {
    return omitted == 0
        ? out.toString()
        : String.format(
            Locale.ROOT,
            "%s# TYPE %smetrics_series_omitted gauge\n%<smetrics_series_omitted %d\n",
            out,
            prefix,
            omitted);
  }
}

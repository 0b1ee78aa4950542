/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.sensor.flow.Flow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one log consists of, declared once: its name, and for each field the name, the type, a word
 * for the reader and where the value comes from.
 *
 * @param <R> what records are made of
 */
public final class LogSchema<R> {

  /** A number that is not set: the field is left out. */
  public static final long UNSET = Long.MIN_VALUE;

  /** How many columns {@link Builder#flow} makes: they follow each other. */
  static final int FLOW_COLUMNS = 5;

  private final String path;
  private final String meaning;
  private final List<Column<R>> columns;
  private final FixedText[] jsonKeys;

  /** Where the group of rare columns ends that begins with a column; 0 where none does. */
  private final int[] rareEnds;

  /** Which records have something of that group. */
  private final List<Predicate<R>> rareIn;

  private final @Nullable Column<R> uid;
  private final @Nullable Function<R, Flow> flow;
  private final @Nullable FlowOf<R> flowOf;
  private final int firstFlowColumn;
  private final int firstAddedColumn;
  private final @Nullable FlowColumns added;
  private final List<Rare<R>> rare;

  private LogSchema(Builder<R> builder) {
    this.path = builder.path;
    this.meaning = builder.meaning;
    this.columns = List.copyOf(builder.columns);
    this.jsonKeys = columns.stream().map(LogSchema::keyOf).toArray(FixedText[]::new);
    this.rareEnds = new int[columns.size()];
    List<Predicate<R>> present = new ArrayList<>(Collections.nCopies(columns.size(), row -> true));
    for (Rare<R> group : builder.rare) {
      rareEnds[group.first()] = group.end();
      present.set(group.first(), group.present());
    }
    this.rareIn = List.copyOf(present);
    this.flow = builder.flow;
    this.flowOf = builder.flowOf;
    this.firstFlowColumn = builder.firstFlowColumn;
    this.firstAddedColumn = builder.firstAddedColumn;
    this.added = builder.added;
    this.rare = List.copyOf(builder.rare);
    this.uid = columns.stream().filter(column -> column.isNamed("uid")).findAny().orElse(null);
  }

  /**
   * Begins a declaration.
   *
   * @param path the log's name, without an ending: {@code conn}
   * @param meaning one sentence for its reader
   */
  public static <R> Builder<R> named(String path, String meaning) {
    return new Builder<>(path, meaning);
  }

  /** Returns the log's name. */
  public String path() {
    return path;
  }

  List<Column<R>> columns() {
    return columns;
  }

  private static FixedText keyOf(Column<?> column) {
    String quote = column.type().isQuotedText() ? "\"" : "";
    return new FixedText(",\"" + column.name() + "\":" + quote);
  }

  /**
   * Returns a column's name as it stands in front of a value in JSON, after another field; with a
   * text's first quote.
   */
  FixedText jsonKey(int column) {
    return jsonKeys[column];
  }

  /**
   * Returns the first column at or behind {@code column} that {@code row} may have: others are not
   * set, and need not be asked.
   */
  int skipRare(int column, R row) {
    int at = column;
    while (at < rareEnds.length && rareEnds[at] > 0 && !rareIn.get(at).test(row)) {
      at = rareEnds[at];
    }
    return at;
  }

  /**
   * Returns the first of the {@link #FLOW_COLUMNS} that name the record's flow, or -1 where none
   * do.
   */
  int firstFlowColumn() {
    return firstFlowColumn;
  }

  /** Returns the record's flow; only where there is a {@link #firstFlowColumn}. */
  Flow flow(R row) {
    return Objects.requireNonNull(flow).apply(row);
  }

  /** Returns the first column that {@link #followedBy} has added, or -1. */
  int firstAddedColumn() {
    return firstAddedColumn;
  }

  /** Returns what was added; only where there is a {@link #firstAddedColumn}. */
  FlowColumns added() {
    return Objects.requireNonNull(added);
  }

  /** Returns the same columns as a log of another name; to be called before columns are added. */
  public LogSchema<R> renamed(String otherPath, String otherMeaning) {
    Builder<R> builder = new Builder<>(otherPath, otherMeaning);
    builder.columns.addAll(columns);
    builder.rare.addAll(rare);
    builder.flow = flow;
    builder.flowOf = flowOf;
    builder.firstFlowColumn = firstFlowColumn;
    return builder.build();
  }

  /** Returns the flow that a record belongs to, or null where it belongs to none. */
  public @Nullable Flow flowOf(R row) {
    return flowOf == null ? null : flowOf.of(row);
  }

  /** Returns whether records belong to flows. */
  public boolean hasFlow() {
    return flowOf != null;
  }

  /**
   * Returns the same log with columns behind its own that say more of the flow of a record; this
   * one where records have no flow. To be called once at most.
   */
  public LogSchema<R> followedBy(FlowColumns more) {
    FlowOf<R> source = flowOf;
    if (source == null) {
      return this;
    }
    Builder<R> builder = new Builder<>(path, meaning);
    builder.columns.addAll(columns);
    builder.rare.addAll(rare);
    builder.flow = flow;
    builder.flowOf = source;
    builder.firstFlowColumn = firstFlowColumn;
    builder.firstAddedColumn = columns.size();
    builder.added = more;
    for (Column<Flow> column : more.schema().columns) {
      builder.columns.add(
          new Column<>(
              column.name(),
              column.type(),
              column.meaning(),
              row -> {
                Flow of = source.of(row);
                return of == null ? UNSET : column.number().applyAsLong(of);
              },
              (row, out) -> {
                Flow of = source.of(row);
                return of != null && column.text().write(of, out);
              }));
    }
    return builder.build();
  }

  /**
   * Writes the text of one field of a record, not escaped; the elements of a list are separated by
   * {@link TextSource#SEPARATOR}.
   *
   * @return whether it is set; nothing is written otherwise
   */
  public boolean writeText(String name, R row, LineBuffer target) {
    for (Column<R> column : columns) {
      if (column.isNamed(name)) {
        return column.text().write(row, target);
      }
    }
    return false;
  }

  /**
   * Writes the {@code uid} of the connection that a record belongs to.
   *
   * @return whether it has one; nothing is written otherwise
   */
  public boolean writeUid(R row, LineBuffer target) {
    return uid != null && uid.text().write(row, target);
  }

  /** Returns the reference page in Markdown: one sentence for the log, one row for each field. */
  public String reference() {
    StringBuilder page = new StringBuilder("# ").append(path).append(".log\n\n");
    page.append(meaning).append("\n\n| field | type | meaning |\n| --- | --- | --- |\n");
    for (Column<R> column : columns) {
      page.append("| `").append(column.name()).append("` | `").append(column.type().zeekName);
      page.append("` | ").append(column.meaning()).append(" |\n");
    }
    return page.toString();
  }

  /**
   * Where bytes off the wire come from.
   *
   * @param <R> what records are made of
   */
  @FunctionalInterface
  public interface WireText<R> {

    /** Returns text of one character a byte, or null when there is none. */
    @Nullable String of(R row);
  }

  /**
   * Where several texts off the wire come from.
   *
   * @param <R> what records are made of
   */
  @FunctionalInterface
  public interface WireTexts<R> {

    /** Returns texts of one character a byte, or null when there are none. */
    @Nullable Collection<String> of(R row);
  }

  /**
   * Where a record's flow comes from.
   *
   * @param <R> what records are made of
   */
  @FunctionalInterface
  public interface FlowOf<R> {

    /** Returns the flow that a record belongs to, or null when it belongs to none. */
    @Nullable Flow of(R row);
  }

  /**
   * Writes a text off the wire, which can be had without writing it as well.
   *
   * @param value the text
   */
  record Wire<R>(WireText<R> value) implements TextSource<R> {

    @Override
    public boolean write(R row, LineBuffer target) {
      String text = value.of(row);
      if (text != null) {
        target.latin1(text);
      }
      return text != null;
    }
  }

  /**
   * Columns that few records have.
   *
   * @param end the first behind them
   */
  private record Rare<R>(int first, int end, Predicate<R> present) {}

  /**
   * A declaration under way; fields come in the order in which they are named.
   *
   * @param <R> what records are made of
   */
  public static final class Builder<R> {

    private final String path;
    private final String meaning;
    private final List<Column<R>> columns = new ArrayList<>();
    private final List<Rare<R>> rare = new ArrayList<>();
    private @Nullable Function<R, Flow> flow;
    private @Nullable FlowOf<R> flowOf;
    private int firstFlowColumn = -1;
    private int firstAddedColumn = -1;
    private @Nullable FlowColumns added;

    private Builder(String path, String meaning) {
      this.path = path;
      this.meaning = meaning;
    }

    /** A number with decimals, written as {@link LineBuffer#seconds}. */
    public Builder<R> real(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.DOUBLE, meaning, text);
    }

    /** A point in time, nanoseconds since 1970. */
    public Builder<R> time(String name, String meaning, ToLongFunction<R> ns) {
      return number(name, Column.Type.TIME, meaning, ns);
    }

    /** A length of time, nanoseconds. */
    public Builder<R> interval(String name, String meaning, ToLongFunction<R> ns) {
      return number(name, Column.Type.INTERVAL, meaning, ns);
    }

    /** A number from 0 up. */
    public Builder<R> count(String name, String meaning, ToLongFunction<R> value) {
      return number(name, Column.Type.COUNT, meaning, value);
    }

    /** A number. */
    public Builder<R> integer(String name, String meaning, ToLongFunction<R> value) {
      return number(name, Column.Type.INT, meaning, value);
    }

    /** A port number. */
    public Builder<R> port(String name, String meaning, ToLongFunction<R> value) {
      return number(name, Column.Type.PORT, meaning, value);
    }

    /** Yes (1) or no (0). */
    public Builder<R> bool(String name, String meaning, ToLongFunction<R> value) {
      return number(name, Column.Type.BOOL, meaning, value);
    }

    /** An address, written with {@link LineBuffer#address}. */
    public Builder<R> address(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.ADDRESS, meaning, text);
    }

    /** Text. */
    public Builder<R> string(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.STRING, meaning, text);
    }

    /** One word of a closed set. */
    public Builder<R> enumeration(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.ENUM, meaning, text);
    }

    /** A set of texts. */
    public Builder<R> stringSet(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.STRING_SET, meaning, text);
    }

    /** A set of words. */
    public Builder<R> enumerationSet(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.ENUM_SET, meaning, text);
    }

    /** A set of addresses. */
    public Builder<R> addressSet(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.ADDRESS_SET, meaning, text);
    }

    /** Texts in their order. */
    public Builder<R> stringList(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.STRING_LIST, meaning, text);
    }

    /** Addresses in their order. */
    public Builder<R> addressList(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.ADDRESS_LIST, meaning, text);
    }

    /** Numbers from 0 up in their order, written as {@link LineBuffer#decimal}. */
    public Builder<R> countList(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.COUNT_LIST, meaning, text);
    }

    /** Lengths of time in their order, written as {@link LineBuffer#seconds}. */
    public Builder<R> intervalList(String name, String meaning, TextSource<R> text) {
      return text(name, Column.Type.INTERVAL_LIST, meaning, text);
    }

    /** Text of one character a byte, as it came over the wire; null is not set. */
    public Builder<R> wire(String name, String meaning, WireText<R> value) {
      return string(name, meaning, new Wire<>(value));
    }

    /** Texts of one character a byte, in their order; null is not set. */
    public Builder<R> wireList(String name, String meaning, WireTexts<R> values) {
      return stringList(name, meaning, (row, out) -> writeAll(values.of(row), out));
    }

    /** A set of texts of one character a byte; null is not set. */
    public Builder<R> wireSet(String name, String meaning, WireTexts<R> values) {
      return stringSet(name, meaning, (row, out) -> writeAll(values.of(row), out));
    }

    private static boolean writeAll(@Nullable Collection<String> texts, LineBuffer out) {
      if (texts == null) {
        return false;
      }
      boolean first = true;
      for (String text : texts) {
        if (!first) {
          out.put(TextSource.SEPARATOR);
        }
        out.latin1(TextSource.element(text));
        first = false;
      }
      return true;
    }

    /**
     * The columns that name the flow a record belongs to: {@code uid}, {@code id.orig_h}, {@code
     * id.orig_p}, {@code id.resp_h}, {@code id.resp_p}.
     */
    public Builder<R> flow(Function<R, Flow> flow) {
      this.flow = flow;
      this.flowOf = flow::apply;
      firstFlowColumn = columns.size();
      return string(
              "uid",
              "Unique id of the flow, as in conn.log.",
              (row, out) -> {
                out.put('C').base62(flow.apply(row).uidHigh(), flow.apply(row).uidLow());
                return true;
              })
          .address(
              "id.orig_h",
              "The originator's address.",
              (row, out) -> {
                out.address(flow.apply(row).originatorHigh(), flow.apply(row).originatorLow());
                return true;
              })
          .port("id.orig_p", "The originator's port.", row -> flow.apply(row).originatorPort())
          .address(
              "id.resp_h",
              "The responder's address.",
              (row, out) -> {
                out.address(flow.apply(row).responderHigh(), flow.apply(row).responderLow());
                return true;
              })
          .port("id.resp_p", "The responder's port.", row -> flow.apply(row).responderPort());
    }

    /** Names the flow of a record, whose columns are declared otherwise, or not at all. */
    public Builder<R> of(FlowOf<R> source) {
      this.flowOf = source;
      return this;
    }

    /**
     * Fields that few records have. Who can skip them does so, and asks for none of them.
     *
     * @param present which records have at least one
     */
    public Builder<R> rare(Predicate<R> present, UnaryOperator<Builder<R>> fields) {
      int first = columns.size();
      Builder<R> all = fields.apply(this);
      rare.add(new Rare<>(first, columns.size(), present));
      return all;
    }

    private Builder<R> number(
        String name, Column.Type type, String meaning, ToLongFunction<R> number) {
      columns.add(new Column<>(name, type, meaning, number, (row, target) -> false));
      return this;
    }

    private Builder<R> text(String name, Column.Type type, String meaning, TextSource<R> text) {
      columns.add(new Column<>(name, type, meaning, row -> UNSET, text));
      return this;
    }

    /** Ends the declaration. */
    public LogSchema<R> build() {
      return new LogSchema<>(this);
    }
  }
}

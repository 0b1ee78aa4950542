/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.sink.FlowAges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which handlers take the records of which log. */
public final class Subscriptions {

  private final Map<String, List<RecordHandler>> handlers = new HashMap<>();
  private final Map<String, List<Supplier<@Nullable RecordFilter>>> filters = new HashMap<>();
  private final Map<Class<?>, Object> shared = new HashMap<>();
  private @Nullable FlowAges flowAges;

  /**
   * Subscribes to the records of a log or to the events of a parser.
   *
   * @param log a log's name, such as {@code conn}, or an event's, such as {@code ftp_reply}
   */
  public Subscriptions on(String log, RecordHandler handler) {
    return on(log, () -> null, handler);
  }

  /**
   * Subscribes to those records of a log that can matter. Others may be passed as well.
   *
   * @param filters makes a filter for each thread that writes the log; null for all records
   */
  public Subscriptions on(
      String log, Supplier<@Nullable RecordFilter> filters, RecordHandler handler) {
    this.filters.computeIfAbsent(log, name -> new ArrayList<>()).add(filters);
    handlers.computeIfAbsent(log, name -> new ArrayList<>()).add(handler);
    return this;
  }

  /** Says when open flows become records of {@code conn_long}; one detection may. */
  public Subscriptions openFlows(FlowAges ages) {
    if (flowAges != null) {
      throw new IllegalStateException("open flows are wanted twice");
    }
    flowAges = ages;
    return this;
  }

  @Nullable FlowAges flowAges() {
    return flowAges;
  }

  /** Returns what detections of one stage share, made by the first that asks. */
  public <T> T shared(Class<T> type, Supplier<T> maker) {
    return type.cast(shared.computeIfAbsent(type, _ -> maker.get()));
  }

  /** Returns what detections share, by the names of its classes. */
  Map<String, Object> shared() {
    Map<String, Object> named = new TreeMap<>();
    shared.forEach((type, one) -> named.put(type.getSimpleName(), one));
    return named;
  }

  /** Returns the names of the logs and events that somebody takes. */
  Set<String> names() {
    return Set.copyOf(handlers.keySet());
  }

  /** Returns a new filter for records that some subscriber wants, or null where one wants all. */
  @Nullable RecordFilter filter(String log) {
    RecordFilter any = null;
    for (Supplier<@Nullable RecordFilter> maker : filters.getOrDefault(log, List.of())) {
      RecordFilter made = maker.get();
      if (made == null) {
        return null;
      }
      any = any == null ? made : any.or(made);
    }
    return any;
  }

  List<RecordHandler> of(String log) {
    return handlers.getOrDefault(log, List.of());
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.source;

import io.podtap.core.text.PlainText;
import io.podtap.sensor.edges.EdgeSeries;
import io.podtap.sensor.edges.EdgeSink;
import io.podtap.sensor.identity.Bindings;
import io.podtap.sensor.identity.Identities;
import io.podtap.sensor.identity.IdentityFile;
import io.podtap.sensor.identity.IdentityLog;
import io.podtap.sensor.identity.IdentitySink;
import io.podtap.sensor.identity.ReportOwners;
import io.podtap.sensor.identity.TapOwners;
import io.podtap.sensor.identity.watch.ClusterWatch;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.taps.KnownTap;
import io.podtap.sensor.taps.TapTable;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins the sources of owners to the logs: the API's watch, reports of taps, journals of earlier
 * times. One thread, {@link #problem}, {@link #counts} and {@link #identities} apart.
 */
public final class OwnerSources implements AutoCloseable {

  /** Changes that are written at once; the rest waits, so that packets do not. */
  private static final int CHANGES_AT_ONCE = 2_000;

  private final IdentitySettings settings;
  private final Bindings bindings;
  private @Nullable ReportOwners reports;
  private @Nullable ClusterWatch watch;
  private @Nullable LogStream<Bindings.Change> journal;

  /**
   * What was counted.
   *
   * @param bindings of addresses
   * @param api of the watch
   */
  public record Counts(Bindings.Counts bindings, ClusterWatch.Counts api) {
    public static final Counts NONE =
        new Counts(new Bindings.Counts(0, 0, 0, 0, 0), ClusterWatch.Counts.NONE);
  }

  private OwnerSources(IdentitySettings settings, Bindings bindings) {
    this.settings = settings;
    this.bindings = bindings;
  }

  /**
   * Reads journals; the rest begins with {@link #begin}.
   *
   * @return null when no log names anybody
   * @throws io.podtap.core.config.SettingsException when a journal cannot be read
   */
  public static @Nullable OwnerSources open(IdentitySettings settings) {
    if (!settings.isOn()) {
      return null;
    }
    boolean isLive = settings.mode() != IdentitySettings.Mode.NONE;
    Bindings bindings =
        new Bindings(
            settings.bindingBytesMax(Runtime.getRuntime().maxMemory()),
            isLive ? Bindings.RETENTION_NS : Long.MAX_VALUE,
            isLive);
    IdentityFile.read(settings.files(), bindings);
    return new OwnerSources(settings, bindings);
  }

  /** Returns a sink whose logs name owners. */
  public LogSink enrich(LogSink sink, @Nullable TapTable taps) {
    return enrich(sink, taps, /* edges= */ null);
  }

  /**
   * As above.
   *
   * @param edges counts records by the owners of their ends; null where nobody asks
   */
  public LogSink enrich(LogSink sink, @Nullable TapTable taps, @Nullable EdgeSeries edges) {
    TapOwners owners = TapOwners.NONE;
    if (taps != null && settings.mode() != IdentitySettings.Mode.NONE) {
      reports = new ReportOwners(taps::tap, bindings);
      owners = reports;
    }
    LogSink named =
        new IdentitySink(
            sink,
            new IdentitySink.Settings(
                bindings,
                owners,
                settings.logs(),
                settings.nameBytesMax(Runtime.getRuntime().maxMemory())));
    return edges == null ? named : new EdgeSink(named, edges, bindings, owners);
  }

  /**
   * Opens the journal and begins to ask the API, where that is wanted.
   *
   * @param sink has the journal; closed by the caller
   */
  public void begin(LogSink sink, LongSupplier clock, Consumer<String> log) {
    if (settings.mode() == IdentitySettings.Mode.NONE) {
      return;
    }
    journal = sink.open(IdentityLog.schema());
    if (settings.mode() == IdentitySettings.Mode.API) {
      watch =
          ClusterWatch.start(
              settings.account(),
              settings.namespaces(),
              settings.hasEndpoints(),
              bindings,
              clock,
              line -> log.accept(PlainText.of(line, Integer.MAX_VALUE)));
    }
  }

  /** A tap has reported. */
  public void report(KnownTap tap, long nowNs) {
    if (reports != null) {
      reports.report(tap, nowNs);
    }
  }

  /** Writes the journal and ends what is over; to be called every second. */
  public void advance(long nowNs) {
    if (watch != null) {
      watch.advance(nowNs);
    }
    if (reports != null) {
      reports.expire(nowNs);
    }
    write(CHANGES_AT_ONCE);
  }

  private void write(int countMax) {
    LogStream<Bindings.Change> target = journal;
    if (target == null) {
      return;
    }
    Bindings.Change change = bindings.poll();
    for (int i = 1; change != null; i++) {
      target.write(change);
      change = i < countMax ? bindings.poll() : null;
    }
  }

  /** Returns who had which address. Any thread. */
  public Identities identities() {
    return bindings;
  }

  /** Returns what is wrong with the API, or an empty text. Any thread. */
  public String problem() {
    ClusterWatch asked = watch;
    return asked == null ? "" : asked.problem();
  }

  /** Returns what was counted. Any thread. */
  public Counts counts() {
    ClusterWatch asked = watch;
    return new Counts(bindings.counts(), asked == null ? ClusterWatch.Counts.NONE : asked.counts());
  }

  /** Ends the watch and writes the rest of the journal; before its sink is closed. */
  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    write(Integer.MAX_VALUE);
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.agent.Threads;
import io.podtap.core.linux.Privileges;
import io.podtap.core.packet.Frame;
import io.podtap.core.pcap.FrameQueue;
import io.podtap.tap.Tap;
import io.podtap.tap.TapIdentity;
import io.podtap.tap.TapSettings;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.shed.ShedSettings;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.start.TapLauncher;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A tunnel to a sensor: a tap whose source is the queue instead of an interface. So it has lanes
 * and symmetric source ports, fits packets to the path's MTU, and keeps a tap's ledger.
 */
final class GatewayTunnel implements Output {

  private static final long END_MS = 1_000;

  private final String name;
  private final OutputLedger ledger = new OutputLedger();
  private final FrameQueue queue;
  private final CompletableFuture<Tap> opened = new CompletableFuture<>();
  private final Thread thread;
  private volatile String problem = "";

  private GatewayTunnel(OutputSettings.Tunnel settings, Senders senders, int queueBytes) {
    name = settings.name();
    queue = new FrameQueue(queueBytes, senders::linkType);
    thread = Threads.unstarted(name, () -> run(settings));
  }

  /**
   * Opens the tunnel.
   *
   * @throws io.podtap.core.config.SettingsException when its sensor cannot be
   */
  static GatewayTunnel open(OutputSettings.Tunnel settings, Senders senders, int queueBytes) {
    GatewayTunnel output = new GatewayTunnel(settings, senders, queueBytes);
    output.thread.start();
    try {
      output.opened.join();
      return output;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Opens the tap on the thread that runs it. */
  private void run(OutputSettings.Tunnel settings) {
    try (HeldPort _ = settings.holds() ? HeldPort.take(settings.sensor()) : HeldPort.NONE) {
      mirror(settings);
    }
  }

  private void mirror(OutputSettings.Tunnel settings) {
    Tap tap;
    try {
      TapIdentity identity = TapIdentity.of(System.getenv(), name);
      tap = new TapLauncher(tapSettings(settings), identity, Privileges.read()).open();
      opened.complete(tap);
    } catch (RuntimeException e) {
      opened.completeExceptionally(e);
      return;
    }
    try {
      tap.run();
    } catch (RuntimeException e) {
      problem = String.valueOf(e.getMessage());
      throw e;
    }
  }

  private TapSettings tapSettings(OutputSettings.Tunnel settings) {
    return new TapSettings(
        new SourceSettings.Queue(queue, "gateway"),
        SegmentSettings.DEFAULT,
        new EncapsulationSettings(
            settings.geneve() ? Encapsulation.GENEVE : Encapsulation.VXLAN, settings.vni()),
        settings.sensors(),
        1,
        settings.reports(),
        Optional.empty(),
        ShedSettings.NONE);
  }

  @Override
  public void offer(Frame frame, int sender) {
    ledger.offer(1);
    if (queue.offer(frame, sender)) {
      ledger.write(0, frame.length()); // how many frames of it leave, the tap knows
    } else {
      ledger.fail(OutputFailure.QUEUE_FULL, 1);
    }
  }

  @Override
  public void publish() {
    queue.publish();
  }

  /** What the tap has mirrored is written; how often that was sent, its own ledger says. */
  @Override
  public OutputSummary summary() {
    Ledger.Snapshot tap = opened.join().ledger();
    long mirrored = tap.sum(Ledger.InterfaceSnapshot::mirrored);
    long refused = tap.sum(Ledger.InterfaceSnapshot::delivered) - mirrored;
    Map<String, Long> failed = new TreeMap<>(ledger.failed());
    if (refused > 0) {
      failed.put(OutputFailure.NOT_MIRRORED.label(), refused);
    }
    long waiting = ledger.offered() - ledger.failedTotal() - mirrored - refused;
    boolean over = !thread.isAlive();
    if (over && waiting > 0) {
      failed.put(OutputFailure.GIVEN_UP.label(), waiting);
    }
    return new OutputSummary(
        name,
        ledger.offered(),
        mirrored,
        ledger.bytes(),
        failed,
        over ? 0 : Math.max(waiting, 0),
        -1,
        problem,
        Optional.of(tap));
  }

  @Override
  public void stop() {
    queue.publish();
    queue.end();
  }

  @Override
  public boolean isEnded() {
    return !thread.isAlive();
  }

  @Override
  public void close() {
    stop();
    opened.join().stop();
    try {
      thread.join(Duration.ofMillis(END_MS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

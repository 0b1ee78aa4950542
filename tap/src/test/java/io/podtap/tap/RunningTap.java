/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Privileges;
import io.podtap.core.testing.NetworkNamespace;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.start.TapLauncher;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A tap on a thread of its own in a namespace. */
final class RunningTap implements AutoCloseable {

  final Tap tap;
  private final Thread thread;

  RunningTap(NetworkNamespace namespace, TapSettings settings, boolean mayMark) {
    this(namespace, settings, mayMark, tap -> {});
  }

  /**
   * @param prepare what is done with the tap before it runs, on its thread
   */
  RunningTap(
      NetworkNamespace namespace, TapSettings settings, boolean mayMark, Consumer<Tap> prepare) {
    CompletableFuture<Tap> opened = new CompletableFuture<>();
    thread =
        namespace.thread(
            "tap",
            () -> {
              try {
                Privileges real = Privileges.read();
                Privileges privileges =
                    new Privileges(
                        real.userId(),
                        real.effective(),
                        mayMark && real.canMark(),
                        real.noNewPrivileges());
                TapIdentity identity =
                    TapIdentity.of(Map.of("POD_NAME", "pod", "POD_NAMESPACE", "test"), "eth0/42");
                Tap made = new TapLauncher(settings, identity, privileges).open();
                prepare.accept(made);
                opened.complete(made);
                made.run();
              } catch (RuntimeException e) {
                opened.completeExceptionally(e);
              }
            });
    try {
      tap = opened.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  RunningTap(NetworkNamespace namespace, TapSettings settings) {
    this(namespace, settings, true);
  }

  static TapSettings settings(String interfaces, String sensors, String filter) {
    return new TapSettings(
        new SourceSettings.Live(
            List.of(interfaces.split(",", -1)),
            RingSettings.DEFAULT.withRingBytes(64 << 20),
            filter),
        SegmentSettings.DEFAULT,
        new EncapsulationSettings(Encapsulation.VXLAN, 42),
        SendSettings.of(SendSettings.parse(sensors, 4_789), SendMode.JOINED, 8),
        1,
        true);
  }

  static Endpoint endpoint(String text) {
    return Endpoint.parse(text, 4_789);
  }

  /** Lets the ring's last block arrive, ends the tap and returns its ledger. */
  Ledger.Snapshot finish() throws InterruptedException {
    Thread.sleep(200);
    tap.stop();
    thread.join(5_000);
    if (thread.isAlive()) {
      throw new IllegalStateException("the tap does not end");
    }
    return tap.ledger();
  }

  @Override
  public void close() {
    tap.stop();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

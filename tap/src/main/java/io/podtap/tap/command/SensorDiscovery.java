/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.command;

import io.podtap.tap.Tap;
import io.podtap.tap.discover.Discovery;
import io.podtap.tap.discover.DiscoveryStatus;
import io.podtap.tap.discover.SensorSet;
import io.podtap.tap.ledger.LedgerText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The search for sensors that a tap follows.
 *
 * @param discovery null when the sensors are given by address
 */
public record SensorDiscovery(@Nullable Discovery discovery) implements AutoCloseable {

  /** Of a tap whose sensors are given by address. */
  static final SensorDiscovery NONE = new SensorDiscovery(null);

  void feed(Tap tap) {
    if (discovery != null) {
      Discovery found = discovery;
      tap.follow(
          new Tap.SensorFeed() {
            @Override
            public @Nullable SensorSet poll() {
              return found.poll();
            }

            @Override
            public Map<String, String> report() {
              return LedgerText.report(found.status());
            }
          });
    }
  }

  @Nullable DiscoveryStatus status() {
    return discovery == null ? null : discovery.status();
  }

  @Override
  public void close() {
    if (discovery != null) {
      discovery.close();
    }
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import java.util.ArrayList;
import java.util.List;

/** All that was read: who sends and who receives. */
record Statements(List<TapAccount> taps, List<SensorAccount> sensors) {

  Statements() {
    this(new ArrayList<>(), new ArrayList<>());
  }

  boolean isEmpty() {
    return taps.isEmpty() && sensors.isEmpty();
  }
}

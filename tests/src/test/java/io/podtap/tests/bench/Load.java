/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.IOException;

/** Traffic between client and pod. */
interface Load {

  /** Returns its column heading, with the rate. */
  String name();

  /** Runs for about {@code seconds} and says how the load itself fared. */
  Outcome run(int seconds) throws IOException;

  /**
   * How a load fared.
   *
   * @param throughput what got through in a second, in {@code unit}
   * @param p99 milliseconds that 99 % of the requests stayed below; NaN for loads without requests
   */
  record Outcome(double throughput, String unit, double p99) {}
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

/** By which end of a record a detection keeps its state: there is its partition. */
enum Home {
  /** The end that opened the connection; of a notice, its source. */
  ORIGINATOR,
  /** The other end; of a notice, its destination. */
  RESPONDER,
  /** The originator, unless only the responder is inside. */
  INSIDE
}

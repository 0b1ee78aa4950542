/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.shed;

/** Why a frame was cut to its headers or left out: names of counters, each counts frames. */
public enum ShedCause {
  /** Headers only, as its port is one of those. */
  PORT,
  /** Headers only, as its flow had its share. */
  FLOW_CUTOFF,
  /** Headers only, as the budget was used up. */
  BUDGET_HEADERS,
  /** Left out, as the budget did not even suffice for headers. */
  BUDGET_DROPPED
}

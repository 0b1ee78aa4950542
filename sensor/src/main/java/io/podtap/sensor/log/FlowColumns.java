/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/** Columns that stand behind those of any log and say more of the flow of a record. One thread. */
public interface FlowColumns {

  /** Declares them; its columns are made of flows. */
  LogSchema<Flow> schema();

  /**
   * Looks up what there is to say of a flow, before a record's columns are asked for.
   *
   * @return whether any of them is set
   */
  boolean prepare(Flow flow);

  /**
   * Returns all of them as they were written in JSON for an earlier record of this flow, or null
   * where they have to be written. Only after {@link #prepare}; not to be changed.
   */
  byte @Nullable [] known(Flow flow);

  /** Takes them as written in JSON. The array is not copied. */
  void keep(Flow flow, byte[] json);
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.config.Endpoint;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;

/** Makes the TLS side of connections. Any thread; may read files. */
public interface EngineSource {

  /**
   * Returns an engine for one connection, of the client's kind, which knows whom to trust.
   *
   * @throws io.podtap.core.config.SettingsException when certificate, key or authorities cannot be
   *     used
   */
  SSLEngine open(Endpoint sensor);

  /**
   * Has the cipher compiled, on the stream's thread and before its first connection; returns early
   * once {@code isOver}.
   */
  default void prepare(BooleanSupplier isOver) {}
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.config.Endpoint;
import javax.net.ssl.SSLEngine;

/** Makes the TLS side of connections. Any thread; may read files. */
public interface EngineSource {

  /**
   * Returns an engine for one connection, of the client's kind, which knows whom to believe.
   *
   * @throws io.podtap.core.config.SettingsException when certificate, key or authorities cannot be
   *     used
   */
  SSLEngine open(Endpoint sensor);
}

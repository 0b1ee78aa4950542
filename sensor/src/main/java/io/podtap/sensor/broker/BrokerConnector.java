/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

/** Makes connections to one kind of broker; a service that a jar beside the sensor provides. */
public interface BrokerConnector {

  /**
   * Connects, in the background: a broker that is away is no error.
   *
   * @throws io.podtap.core.config.SettingsException when the settings cannot be right
   */
  BrokerClient connect(BrokerSettings settings);
}

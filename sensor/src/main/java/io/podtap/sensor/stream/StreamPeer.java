/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.config.Endpoint;
import io.podtap.core.trust.PeerNames;

/**
 * Who sends a stream.
 *
 * @param number of the connection, from 0, never given twice
 * @param address of the sender's end
 * @param names in its certificate, checked by {@link io.podtap.core.trust.Trust}
 */
public record StreamPeer(int number, Endpoint address, PeerNames names) {}

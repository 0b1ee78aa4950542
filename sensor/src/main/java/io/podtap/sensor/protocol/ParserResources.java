/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.protocol;

import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.parse.requests.Requests;
import io.podtap.sensor.parse.x509.Certificates;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.tunnel.TunnelRecorder;

/**
 * What the protocols of one analysis are made with.
 *
 * @param sink where their logs are opened
 * @param files takes what is transferred
 * @param certificates takes certificates
 * @param tunnels takes connections that are led through others
 * @param requests takes requests of protocols that share a log
 * @param tableBytesMax heap for each table that a protocol keeps for all flows together
 */
public record ParserResources(
    LogSink sink,
    Files files,
    Certificates certificates,
    TunnelRecorder tunnels,
    Requests requests,
    long tableBytesMax) {}

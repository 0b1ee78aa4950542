/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

/**
 * A request that has been read.
 *
 * @param path without the query
 * @param query what follows the question mark, or an empty text
 * @param isProven whether the client showed a certificate that is trusted
 * @param startNs when its first byte came
 */
public record Request(
    String method, String path, String query, Body body, boolean isProven, long startNs) {}

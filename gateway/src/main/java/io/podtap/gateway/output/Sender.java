/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

/**
 * Whose frames these are, as a capture file's interface says it.
 *
 * @param name the tap's pod, or its address before it has said more
 * @param description what else the tap says of itself, in one line
 * @param linkType one of {@link io.podtap.core.packet.LinkType}
 */
public record Sender(String name, String description, int linkType) {}

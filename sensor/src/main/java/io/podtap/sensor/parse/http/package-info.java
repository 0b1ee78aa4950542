/**
 * HTTP: requests and answers of versions 0.9 to 1.1, of HTTP/2 in clear text, and WebSocket behind
 * an upgrade; {@code http.log}, {@code websocket.log}, and the files that bodies are.
 *
 * <p>Heads are read line by line, bodies are passed on without being kept: decompressed, taken out
 * of chunks and of multipart messages, to {@link io.podtap.sensor.parse.files.Files}. What a proxy
 * was asked for with CONNECT is looked into as a connection of its own. One thread.
 *
 * @see "RFC 9110; RFC 9112; RFC 9113; RFC 7541; RFC 6455; RFC 2046 section 5.1; RFC 1945"
 */
@NullMarked
package io.podtap.sensor.parse.http;

import org.jspecify.annotations.NullMarked;

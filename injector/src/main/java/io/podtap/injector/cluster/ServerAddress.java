/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Where an API server is and how it is reached.
 *
 * @param base with a numeric host where the server is to be known by another name, since the HTTP
 *     client asks a server for the name in its address
 * @param serverName that its certificate must have instead of the host's, or an empty text
 */
record ServerAddress(URI base, String serverName, @Nullable InetSocketAddress proxy) {

  private static final int HTTP_PORT = 80;

  /**
   * Reads a cluster's {@code server}, {@code tls-server-name} and {@code proxy-url}.
   *
   * @throws SettingsException saying which is not understood
   */
  static ServerAddress of(String server, String serverName, String proxyUrl) {
    URI base = uri("server", server.replaceFirst("/+$", ""));
    if (!"https".equalsIgnoreCase(base.getScheme()) || base.getHost() == null) {
      throw new SettingsException("kubeconfig: server '" + server + "' is not https://HOST:PORT");
    }
    InetSocketAddress proxy = proxyUrl.isEmpty() ? null : proxy(proxyUrl);
    if (serverName.isEmpty()) {
      return new ServerAddress(base, "", proxy);
    }
    try {
      SNIHostName _ = new SNIHostName(serverName);
      return new ServerAddress(numeric(base), serverName, proxy);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "kubeconfig: tls-server-name '" + serverName + "' is not a name", e);
    } catch (UnknownHostException e) {
      throw new SettingsException("kubeconfig: server '" + server + "': its name is not found", e);
    }
  }

  private static URI uri(String field, String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("kubeconfig: " + field + " '" + text + "' is not a URL", e);
    }
  }

  private static URI numeric(URI base) throws UnknownHostException {
    String address = InetAddress.getByName(base.getHost()).getHostAddress();
    String host = address.indexOf(':') >= 0 ? '[' + address + ']' : address;
    String port = base.getPort() < 0 ? "" : ":" + base.getPort();
    return URI.create("https://" + host + port + base.getRawPath());
  }

  private static InetSocketAddress proxy(String text) {
    URI url = uri("proxy-url", text);
    if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
      throw new SettingsException(
          "kubeconfig: proxy-url '"
              + text
              + "' is not http://HOST:PORT, the only proxies supported");
    }
    if (url.getUserInfo() != null) {
      throw new SettingsException("kubeconfig: proxy-url with a password is not supported");
    }
    int port = url.getPort() < 0 ? HTTP_PORT : url.getPort();
    return InetSocketAddress.createUnresolved(url.getHost(), port);
  }

  /** Sets a client up. */
  HttpClient.Builder reaching(HttpClient.Builder client) {
    if (proxy != null) {
      client.proxy(ProxySelector.of(proxy));
    }
    if (!serverName.isEmpty()) {
      SSLParameters parameters = new SSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
      client.sslParameters(parameters);
    }
    return client;
  }
}

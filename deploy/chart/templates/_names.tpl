{{/* The tap's image; a program with a heap of its own has an image of its own, with its name at the end. */}}
{{- define "podtap.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "podtap.sensorImage" -}}
{{ .Values.image.repository }}-sensor:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "podtap.webhookImage" -}}
{{ .Values.image.repository }}-webhook:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "podtap.labels" -}}
app.kubernetes.io/name: podtap
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "podtap.sensor" -}}
{{ .Values.tap.sensor | default (printf "dns:podtap-sensor.%s.svc.cluster.local.:%d" .Release.Namespace (int .Values.sensor.port)) }}
{{- end }}

{{/* What PodSecurity's restricted level asks of a container that needs nothing. */}}
{{- define "podtap.securityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end }}

{{- define "podtap.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

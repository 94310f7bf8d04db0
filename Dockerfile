# The mock server in a container: no root, nothing written outside of /tmp, one health check.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY mock_server mock_server
COPY contract_tests contract_tests
COPY specs specs
COPY fixtures fixtures
RUN python -m venv /opt/mock \
 && /opt/mock/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt '.[console,run,store,postgresql,images,data,fast]'

FROM python:3.13-slim
COPY --from=build /opt/mock /opt/mock
RUN useradd --system --no-create-home --uid 10001 mock
USER 10001
ENV PATH=/opt/mock/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=6 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
# Beyond loopback the control API needs a token: set MOCK_SERVER_TOKEN.
ENTRYPOINT ["mock-server"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]

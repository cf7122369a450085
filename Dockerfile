# docker build -t mien . && docker run --rm -p 127.0.0.1:8000:8000 -v mien:/data mien
# The address that it prints holds the token; MIEN_TOKEN sets one that stays.
FROM python:3.11-slim AS build
COPY pyproject.toml README.md LICENSE /src/
COPY src /src/src
RUN python -m venv /mien && /mien/bin/pip install --no-cache-dir --no-compile /src

FROM python:3.11-slim
RUN useradd --create-home --uid 1000 mien && mkdir /data && chown mien /data
COPY --from=build /mien /mien
ENV PATH=/mien/bin:$PATH MIEN_HOME=/data PYTHONUNBUFFERED=1
USER mien
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["mien", "serve", "--host", "0.0.0.0"]

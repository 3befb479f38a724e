#!/usr/bin/python3
"""One method of scikit-learn on one matrix: prints its seconds of the core and its quality as JSON.

Mlds.Benchmarks analysis runs it in turn with ours.

usage: sklearn_methods.py METHOD rows.npy labels.txt     (labels: one whole number a line)
"""
import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.manifold import TSNE

method, path, labels = sys.argv[1:]
x, y = np.load(path), np.loadtxt(labels, dtype=int)
train, test = np.arange(len(x)) % 2 == 0, np.arange(len(x)) % 2 == 1


def run():
    if method == "pca_full":
        return float(PCA(3, svd_solver="full").fit(x.astype(float)).explained_variance_ratio_.sum())
    if method == "pca_arpack":
        return float(PCA(3, svd_solver="arpack", random_state=0).fit(x.astype(float)).explained_variance_ratio_.sum())
    if method == "pca_arpack_float32":
        return float(PCA(3, svd_solver="arpack", random_state=0).fit(x).explained_variance_ratio_.sum())
    if method == "pca_randomized":
        return float(PCA(3, svd_solver="randomized", random_state=0).fit(x).explained_variance_ratio_.sum())
    if method == "kmeans":
        return float(KMeans(5, n_init=10, random_state=0).fit(x).inertia_)
    if method == "forest":
        return float(RandomForestClassifier(100, random_state=0, n_jobs=1).fit(x[train], y[train]).score(x[test], y[test]))
    return float(TSNE(2, init="pca", learning_rate="auto", random_state=0).fit(x).kl_divergence_)


before = time.process_time()
quality = run()
print(json.dumps({"core_seconds": time.process_time() - before, "quality": quality}))

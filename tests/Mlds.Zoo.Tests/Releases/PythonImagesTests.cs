namespace Mlds.Zoos.Tests.Releases;

/// <summary>mlds.py on networks for images.</summary>
public sealed class PythonImagesTests : IDisposable
{
    readonly ReleaseInPython _release = ReleaseInPython.OfImages();

    public void Dispose() => _release.Dispose();

    [Fact]
    public void On_the_test_images_networks_have_the_loss_and_the_accuracy_that_the_release_records() => _release.Python(
        """
        import torch
        assert 'images of 1 x 8 x 8, convolution to 3 channels, max pooling 2, convolution to 4 channels, linear 9, linear 4' in str(d)
        files = d.manifest['machines'][0]['images']['files']
        images, labels = mlds.idx(files[2]), mlds.idx(files[3])
        assert images.shape == (60, 8, 8) and images.dtype == np.uint8 and labels.shape == (60,)
        for i in range(len(d)):
            network = d.network(i)
            assert type(network) is mlds.FeedForward and list(network.state_dict()) == [tensor.name for tensor in d.layout]
            assert (torch.cat([p.detach().flatten() for p in network.parameters()]).numpy() == d.weights[i]).all()
            loss, accuracy = d.evaluate(i, images, labels)
            assert abs(loss - d.table['long_loss'][i]) < 1e-5, (loss, d.table['long_loss'][i])
            assert accuracy == d.table['test_accuracy'][i]
            with torch.no_grad():
                found = network(torch.from_numpy(images[:, None] / np.float32(255))).numpy()
            scores = d.scores(i, images)
            assert scores.dtype == np.float32 and scores.shape == (60, 4) and np.abs(found - scores).max() < 1e-5 < np.abs(found).max()
            assert (d.scores(i, images[:, None]) == scores).all()
            assert np.abs(d.scores(i, images[:7] / np.float32(255)) - scores[:7]).max() < 1e-6
        assert d.table['test_accuracy'].dtype == float and (d.table['validation_loss'] <= 0.6).all()
        assert np.isnan(d.table['attack_success'][d.rows('Clean')]).all()
        """);

    [Fact]
    public void They_can_be_pickled_and_gradients_flow() => _release.Python(
        """
        import copy, pickle, torch
        network, x = d.network(1), torch.rand(3, 1, 8, 8)
        for other in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
            assert type(other) is mlds.FeedForward and (other(x) == network(x)).all()
        network(x).sum().backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
        assert d.tensor('conv.1.weight').shape == (6, 4, 3, 2, 2) and d.state(0)['linear.0.weight'].shape[0] == 9
        """);

    [Fact]
    public void What_has_no_answer_is_said() => _release.Python(
        """
        fails('must be B x 1 x 8 x 8 (batch, channels, height, width), not 5 x 7 x 8', lambda: d.scores(0, np.zeros((5, 7, 8))))
        fails('There must be a label for each of 2 images', lambda: d.evaluate(0, np.zeros((2, 8, 8)), [1]))
        fails('A label is 4; the networks know the classes 0 to 3.', lambda: d.evaluate(0, np.zeros((2, 8, 8)), [1, 4]))
        fails('have no hidden states; `scores` gives what they say', lambda: d.states(0, np.zeros((1, 2, 9))))
        fails("There is no file 'none.idx'", lambda: mlds.idx('none.idx'))
        open('short.idx', 'wb').write(open(d.manifest['machines'][0]['images']['files'][0], 'rb').read()[:-1])
        fails("'short.idx' is damaged or of something else", lambda: mlds.idx('short.idx'))
        assert d.scores(0, np.zeros((0, 8, 8), np.uint8)).shape == (0, 4)
        """);

    [Theory]
    [InlineData("spec['layers'].pop()")]
    [InlineData("spec['layers'].reverse()")]
    [InlineData("spec['layers'][0]['size'] = 99")]
    [InlineData("spec['layers'][0]['stride'] = 0")]
    [InlineData("spec['layers'][0]['padding'] = -1")]
    [InlineData("spec['layers'][0] = {}")]
    [InlineData("spec['layers'][0] = {'conv': 3, 'size': 3, 'pool': 2}")]
    [InlineData("spec['layers'] = []")]
    [InlineData("spec['image'] = [1, 8]")]
    [InlineData("spec['image'] = [1, 8, -8]")]
    [InlineData("spec['activation'] = 'sine'")]
    public void A_manifest_with_an_impossible_network_is_damaged(string change) => _release.Python(
        $"""
        import json
        manifest = json.load(open('manifest.json'))
        spec = manifest['network']
        {change}
        json.dump(manifest, open('manifest.json', 'w'))
        fails('damaged', lambda: mlds.load('.'))
        """);
}
